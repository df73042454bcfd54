import { type KubeObject, resources } from "@inkube/kube";
import type { FromHostKind, KindContext } from "./kind.ts";
import { readRule } from "./kind-rules.ts";
import { nestedIdentity } from "./ownership.ts";
import { type Json, optional, record, text } from "./untyped.ts";

/** CSI driver that nested volumes name. No such driver exists: nothing inside can attach, mount or delete the real volume. */
const neutralDriver = "host.inkube.dev";

const shownFields = [
  "capacity",
  "accessModes",
  "volumeMode",
  "storageClassName",
  "persistentVolumeReclaimPolicy",
] as const;

/** The nested claim that a host volume belongs to; after the host claim is gone, the one that was shown before. */
function claimRef(host: KubeObject, context: KindContext): Json | undefined {
  const ref = record(record(host.spec).claimRef);
  if (ref.namespace !== context.cluster.hostNamespace) return undefined;
  const hostClaim = context.host("persistentvolumeclaims", text(ref.name));
  const identity = hostClaim && nestedIdentity(hostClaim, context);
  if (identity === undefined) {
    const shown = context.nested("persistentvolumes", host.metadata.name);
    const known = record(record(shown?.spec).claimRef);
    return context.hostName(text(known.name), text(known.namespace)) === ref.name ? known : undefined;
  }
  const nested = context.nested("persistentvolumeclaims", identity.name, identity.namespace);
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    ...identity,
    ...optional("uid", nested?.metadata.uid),
  };
}

function toNested(host: KubeObject, context: KindContext): KubeObject | undefined {
  const claim = claimRef(host, context);
  if (claim === undefined) return undefined;
  const spec = record(host.spec);
  const phase = record(host.status).phase;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: host.metadata.name },
    spec: {
      ...Object.fromEntries(
        shownFields.filter((field) => spec[field] !== undefined).map((field) => [field, spec[field]]),
      ),
      ...optional("nodeAffinity", spec.nodeAffinity),
      claimRef: claim,
      csi: { driver: neutralDriver, volumeHandle: host.metadata.name },
    },
    status: { ...optional("phase", phase) },
  };
}

/**
 * Volumes that claims of this cluster are bound to. Shown with size, modes, class and claim; where the data really lies (paths,
 * servers, driver attributes, secrets, mount options) stays on the host, replaced by a CSI source that nothing serves.
 */
export const persistentvolumes: FromHostKind = {
  direction: "fromHost",
  kind: "persistentvolumes",
  type: resources.persistentvolumes,
  hostRules: [readRule(resources.persistentvolumes)],
  toNested,
  hasStatus: true,
};
