import { type KubeObject, resources } from "@inkube/kube";
import { appliedKind } from "./applied-kind.ts";
import type { KindContext } from "./kind.ts";
import { hostMetadata } from "./metadata.ts";
import { optional, text } from "./untyped.ts";
import { whileUsed } from "./while-used.ts";

/**
 * Types that make a host act on a Secret: its token controller deletes token Secrets whose ServiceAccount it does not know, and
 * its bootstrap signer takes bootstrap tokens for its own. A pod that mounts one needs the content only.
 */
const actedOn = ["kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token"];

function toHost(nested: KubeObject, context: KindContext): KubeObject {
  const type = text(nested.type) || "Opaque";
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: hostMetadata(nested, context),
    type: actedOn.includes(type) ? "Opaque" : type,
    ...optional("data", nested.data),
    ...optional("immutable", nested.immutable),
  };
}

/** Secrets are on the host while a pod uses them, with their type unless the host would act on it. */
export const secrets = appliedKind({
  type: resources.secrets,
  decide: whileUsed("secrets"),
  toHost,
});
