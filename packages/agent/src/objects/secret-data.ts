import type { KeyPair } from "@inkube/controlplane";
import type { KubeObject } from "@inkube/kube";

/** A Secret's values as text. */
export function secretData(secret: KubeObject): Record<string, string> {
  const data = (secret.data ?? {}) as Record<string, string>;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]));
}

/** `tls.crt` and `tls.key` of a Secret, as far as they are there. */
export function keyPairOf(secret: KubeObject): Partial<KeyPair> {
  const { "tls.crt": certificate, "tls.key": key } = secretData(secret);
  return { ...(certificate && { certificate }), ...(key && { key }) };
}
