import { type KubeObject, resources } from "@inkube/kube";
import { appliedKind } from "./applied-kind.ts";
import type { KindContext } from "./kind.ts";
import { hostMetadata } from "./metadata.ts";
import { optional } from "./untyped.ts";
import { whileUsed } from "./while-used.ts";

function toHost(nested: KubeObject, context: KindContext): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: hostMetadata(nested, context),
    ...optional("data", nested.data),
    ...optional("binaryData", nested.binaryData),
    ...optional("immutable", nested.immutable),
  };
}

/** ConfigMaps are on the host while a pod uses them; `kube-root-ca.crt` of each namespace is one like any other. */
export const configmaps = appliedKind({
  type: resources.configmaps,
  decide: whileUsed("configmaps"),
  toHost,
});
