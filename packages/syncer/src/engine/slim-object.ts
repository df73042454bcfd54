import { labels, managedBy } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { contentHash } from "./applied-hash.ts";

/** Contents above this many characters are not kept. */
const keepBelow = 2_048;
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
/** Stands for `data`, `binaryData` and `stringData` that were left out: their hash. */
const digestField = "inkubeContentDigest";

/** What is worth keeping of a nested object: no last-applied annotation, no large contents of Secrets and ConfigMaps. */
export function slimNested(object: KubeObject): KubeObject {
  return withoutContents(withoutLastApplied(object), keepBelow);
}

/** What is worth keeping of an object in a host namespace: of objects that are not the syncer's, only the metadata. */
export function slimHost(object: KubeObject): KubeObject {
  if (object.metadata.labels?.[labels.managedBy] !== managedBy.syncer) return { metadata: slimMetadata(object) };
  return withoutContents(object, keepBelow);
}

/** True when contents were left out, so that the object cannot be copied from memory. */
export function isSlim(object: KubeObject): boolean {
  return typeof object[digestField] === "string";
}

/** Both objects in a form that can be compared, also when the contents of the second were left out. */
export function comparable(wanted: KubeObject, live: KubeObject): [KubeObject, KubeObject] {
  return isSlim(live) ? [withoutContents(wanted, -1), withoutContents(live, -1)] : [wanted, live];
}

function withoutContents(object: KubeObject, limit: number): KubeObject {
  const { data, binaryData, stringData, ...rest } = object;
  if (isSlim(object) || (data === undefined && binaryData === undefined)) return object;
  const size = JSON.stringify([data, binaryData]).length;
  if (size <= limit) return object;
  return { ...rest, ...(stringData !== undefined && { stringData }), [digestField]: contentHash([data, binaryData]) };
}

function withoutLastApplied(object: KubeObject): KubeObject {
  const told = object.metadata.annotations;
  if (told?.[lastApplied] === undefined) return object;
  const { [lastApplied]: _dropped, ...kept } = told;
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

function slimMetadata(object: KubeObject): KubeObject["metadata"] {
  const { name, namespace, uid, resourceVersion, deletionTimestamp } = object.metadata;
  return {
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
    ...(deletionTimestamp && { deletionTimestamp }),
  };
}
