import { containers, labels, managedBy, names } from "@inkube/api";
import {
  type ControlPlaneInput,
  dedicatedSyncerAccess,
  dedicatedSyncerAccount,
  isServedByDedicated,
  ownLabels,
} from "@inkube/controlplane";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { OwnedCaches } from "../../../objects/owned-caches.ts";
import { type OwnedKind, ownedType } from "../../../objects/owned-types.ts";
import { lookAgain, type Scope } from "../scope.ts";

// How a nested cluster goes from one syncer to the other. RoleBinding `syncer` is the baton: whoever it names may write in the
// host namespace and read the kubeconfig of the nested API, so a syncer that begins without it can act on neither side.
// - To dedicated: the binding moves first. The shared syncer ends its work when it sees the specification, and from that
//   moment is refused by the host whatever it still wants; the dedicated one begins in the next pod, which comes after.
// - To shared: the pod is replaced first. A dedicated syncer ends only with its pod, so it keeps the binding until no pod
//   with it is there; the shared one waits for its rights meanwhile.

const leavingLookMs = 1000;

/** One nested cluster as it is wanted, and where to look what there is. */
export interface Handover {
  client: Client;
  caches: OwnedCaches;
  scope: Scope;
  input: ControlPlaneInput;
}

/**
 * True while a dedicated syncer may still be at work though the specification says shared. The pods are asked for live, and
 * only when a dedicated syncer holds the rights: from a cache that is behind, one that has just started would look gone.
 */
export async function isDedicatedLeaving({ client, caches, scope, input }: Handover): Promise<boolean> {
  const { spec, cluster } = input;
  if (spec.syncer === "dedicated") return false;
  const binding = caches.RoleBinding.get(names.syncerRoleBinding, cluster.hostNamespace);
  const subjects = (binding?.subjects ?? []) as { name?: string }[];
  if (!subjects.some(({ name }) => name === dedicatedSyncerAccount)) return false;
  const fieldSelector = `metadata.name=${names.controlPlanePod}`;
  const { hostNamespace: namespace } = cluster;
  const { items } = await client.list(resources.pods, { namespace, fieldSelector, signal: scope.signal });
  const leaving = items.some(hasSyncer);
  if (leaving) lookAgain(scope, leavingLookMs);
  return leaving;
}

function hasSyncer({ spec }: KubeObject): boolean {
  const { containers: all = [] } = (spec ?? {}) as { containers?: { name: string }[] };
  return all.some(({ name }) => name === containers.syncer);
}

/** Takes back what a dedicated syncer held outside the host namespace, once the shared one serves the cluster. */
export async function withdrawDedicatedAccess({ client, caches, scope, input }: Handover): Promise<void> {
  if (isServedByDedicated(input)) return;
  for (const object of dedicatedSyncerAccess(input.cluster)) {
    const { name, namespace } = object.metadata;
    const present = caches[object.kind as OwnedKind].get(name, namespace);
    if (present) await remove(client, scope, object, present);
  }
}

/**
 * Removes a dedicated syncer's account and certificate from the host namespace, once the shared one serves the cluster. To be
 * called when the StatefulSet no longer asks for them: a pod that it makes meanwhile would wait for them for ever.
 */
export async function removeDedicatedIdentity({ client, caches, scope, input }: Handover): Promise<void> {
  if (isServedByDedicated(input)) return;
  const { hostNamespace: namespace } = input.cluster;
  const present = [
    caches.ServiceAccount.get(dedicatedSyncerAccount, namespace),
    caches.Secret.get(names.syncerTlsSecret, namespace),
  ];
  for (const object of present) {
    if (object && isOurs(object, input.cluster)) await remove(client, scope, object, object);
  }
}

/** Somebody else's object may have the name; ours say for which cluster they were made. */
function isOurs({ metadata }: KubeObject, cluster: ControlPlaneInput["cluster"]): boolean {
  return Object.entries(ownLabels(cluster)).every(([key, value]) => metadata.labels?.[key] === value);
}

/** Takes back a dedicated syncer's rights for a cluster that is being deleted, asked live: nothing looks after these objects later. */
export async function removeDedicatedAccess(client: Client, scope: Scope): Promise<void> {
  for (const object of dedicatedSyncerAccess(scope.identity)) {
    const { name, namespace } = object.metadata;
    const ref = { name, ...(namespace !== undefined && { namespace }) };
    const present = await client.get(ownedType(object), ref, { signal: scope.signal });
    // Projects are people's namespaces: something else may have the name.
    if (present?.metadata.labels?.[labels.managedBy] === managedBy.agent) await remove(client, scope, object, present);
  }
}

async function remove(client: Client, scope: Scope, object: KubeObject, present: KubeObject): Promise<void> {
  const { name, namespace } = object.metadata;
  const { uid } = present.metadata;
  const ref = { name, ...(namespace !== undefined && { namespace }) };
  await client.delete(ownedType(object), ref, { ...(uid !== undefined && { uid }), signal: scope.signal });
  scope.logger.info({ kind: object.kind, name }, "Removed what a dedicated syncer had");
}
