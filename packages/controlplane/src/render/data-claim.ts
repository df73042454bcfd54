import { type NestedClusterSpec, names } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ControlPlaneInput } from "./input.ts";
import { owned } from "./object-labels.ts";

/**
 * The datastore's volume claim, under the name that the StatefulSet would give it. Made early, so that a volume is on its
 * way while certificates are still being issued.
 */
export function dataClaim({ cluster, spec }: ControlPlaneInput): KubeObject {
  return owned(cluster, {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    name: names.dataClaim,
    spec: dataClaimSpec(spec),
  });
}

/** The same for the claim and for the StatefulSet's template. */
export function dataClaimSpec({ datastore }: NestedClusterSpec): object {
  const { size, storageClassName } = datastore.storage;
  return {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: String(size) } },
    ...(storageClassName !== undefined && { storageClassName }),
  };
}
