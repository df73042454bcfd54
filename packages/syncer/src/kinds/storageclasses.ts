import { type KubeObject, resources } from "@inkube/kube";
import type { FromHostKind } from "./kind.ts";
import { readRule } from "./kind-rules.ts";
import { optional } from "./untyped.ts";

const defaultClass = "storageclass.kubernetes.io/is-default-class";

function toNested(host: KubeObject): KubeObject {
  const isDefault = host.metadata.annotations?.[defaultClass];
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: host.metadata.name, annotations: { ...(isDefault ? { [defaultClass]: isDefault } : {}) } },
    provisioner: host.provisioner,
    ...optional("reclaimPolicy", host.reclaimPolicy),
    ...optional("allowVolumeExpansion", host.allowVolumeExpansion),
    ...optional("volumeBindingMode", host.volumeBindingMode),
    ...optional("allowedTopologies", host.allowedTopologies),
  };
}

/** The host's storage classes. Parameters and mount options stay there: they may name secrets and servers. */
export const storageclasses: FromHostKind = {
  direction: "fromHost",
  kind: "storageclasses",
  type: resources.storageclasses,
  hostRules: [readRule(resources.storageclasses)],
  toNested,
  hasStatus: false,
};
