import { type KubeObject, resources } from "@inkube/kube";
import type { Decision, KindContext, ToHostKind } from "./kind.ts";
import { hostMetadata } from "./metadata.ts";
import { optional } from "./untyped.ts";

function decide(nested: KubeObject, context: KindContext): Decision {
  const { name, namespace = "" } = nested.metadata;
  if (context.isUsed("configmaps", namespace, name)) return { sync: true };
  return { sync: false, reason: "No pod uses it." };
}

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
export const configmaps: ToHostKind = {
  direction: "toHost",
  kind: "configmaps",
  type: resources.configmaps,
  hostRules: [
    {
      apiGroups: [""],
      resources: ["configmaps"],
      verbs: ["get", "list", "watch", "create", "patch", "delete"],
    },
  ],
  decide,
  references: () => [],
  tokens: () => [],
  toHost,
  write: "apply",
  fromHost: () => [],
  onHostGone: () => "recreate",
};
