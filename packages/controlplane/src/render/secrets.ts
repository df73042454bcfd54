import { names, ports } from "@inkube/api";
import { type KubeObject, serializeKubeconfig } from "@inkube/kube";
import { egressFiles } from "../distros/config-files.ts";
import { distroDefinitions } from "../distros/distros.ts";
import { isServedByDedicated } from "./access.ts";
import { distroInput } from "./distro-input.ts";
import type { RenderInput } from "./input.ts";
import { secret } from "./object-labels.ts";

/** CA, leaves and signing key, with the configuration files that name them. */
export function pkiSecret(input: RenderInput): KubeObject {
  const files = distroDefinitions[input.distro].files(distroInput(input));
  return secret(input.cluster, names.pkiSecret, { ...input.pki, ...files });
}

/** How the API server reaches the tunnel, and who it is there. */
export function egressSecret(input: RenderInput): KubeObject {
  return secret(input.cluster, names.egressSecret, {
    ...egressFiles(tunnelAddress(input)),
    "ca.crt": input.internalCa,
    "tls.crt": input.egress.certificate,
    "tls.key": input.egress.key,
  });
}

/** The tunnel's serving certificate for a dedicated syncer; the shared one has its own. */
export function syncerTlsSecret({ cluster, syncerTls, internalCa }: RenderInput): KubeObject[] {
  if (!syncerTls) return [];
  const files = { "ca.crt": internalCa, "tls.crt": syncerTls.certificate, "tls.key": syncerTls.key };
  return [secret(cluster, names.syncerTlsSecret, files)];
}

/** Where the API server dials the tunnel: the shared syncer's Service, or the container beside it. */
export function tunnelAddress({ spec, host }: RenderInput): string {
  const address = spec.syncer === "dedicated" ? "127.0.0.1" : host.syncerClusterIP;
  return `${address.includes(":") ? `[${address}]` : address}:${ports.syncerTunnel}`;
}

/** What the syncer comes with: cluster-admin, by the ClusterIP, or by loopback when it is in the same pod. */
export function syncerKubeconfigSecret(input: RenderInput): KubeObject {
  const host = input.clusterIP.includes(":") ? `[${input.clusterIP}]` : input.clusterIP;
  return kubeconfigSecret(input, {
    secretName: names.syncerKubeconfigSecret,
    user: "syncer",
    // Not every pod network lets a pod reach itself through a Service.
    server: isServedByDedicated(input) ? `https://127.0.0.1:${ports.api}` : `https://${host}:${ports.apiService}`,
  });
}

/** What people come with: cluster-admin, by the endpoint. Nothing while the endpoint has no address. */
export function peopleKubeconfigSecret(input: RenderInput): KubeObject[] {
  if (!input.endpointUrl) return [];
  return [kubeconfigSecret(input, { secretName: names.kubeconfigSecret, user: "admin", server: input.endpointUrl })];
}

function kubeconfigSecret(
  input: RenderInput,
  { secretName, user, server }: { secretName: string; user: "admin" | "syncer"; server: string },
): KubeObject {
  const file = (name: string): string => input.pki[name] ?? "";
  const kubeconfig = serializeKubeconfig({
    name: input.cluster.name,
    server,
    ca: file("ca.crt"),
    cert: file(`${user}.crt`),
    key: file(`${user}.key`),
  });
  return secret(input.cluster, secretName, { kubeconfig });
}
