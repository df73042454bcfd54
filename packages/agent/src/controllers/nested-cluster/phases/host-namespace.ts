import { fieldManagers, labels } from "@inkube/api";
import { type ControlPlaneInput, renderNamespace } from "@inkube/controlplane";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import { type Applier, withHash } from "../../../objects/applier.ts";
import type { OwnedCaches } from "../../../objects/owned-caches.ts";
import { lookAgain, type Observation, type Scope } from "../scope.ts";

const deletingLookMs = 1000;
const takenLookMs = 30_000;

/**
 * Makes the host namespace, or makes sure that it is this cluster's own: another nested cluster's, or anybody's who was
 * there first, is never touched. Returns true when the namespace may be used.
 */
export async function ensureNamespace(
  { client, caches, applier }: { client: Client; caches: OwnedCaches; applier: Applier },
  scope: Scope,
  input: ControlPlaneInput,
): Promise<boolean> {
  const wanted = renderNamespace(input);
  const cached = caches.Namespace.get(input.cluster.hostNamespace);
  const verdict = judge(cached ?? (await createFresh(client, scope, wanted)), scope);
  scope.observations.NamespaceReady = verdict;
  if (verdict.status !== "True") return false;
  if (cached) await applier.apply(wanted, scope.signal);
  return true;
}

/** Creates and does not apply: an apply would adopt a namespace that is somebody else's. */
async function createFresh(client: Client, scope: Scope, wanted: KubeObject): Promise<KubeObject> {
  const { signal } = scope;
  try {
    const created = await client.create(resources.namespaces, withHash(wanted), {
      fieldManager: fieldManagers.agent,
      signal,
    });
    scope.logger.info({ namespace: wanted.metadata.name }, "Created Namespace");
    return created;
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
    const live = await client.get(resources.namespaces, { name: wanted.metadata.name }, { signal });
    if (!live) throw error;
    return live;
  }
}

function judge(namespace: KubeObject, scope: Scope): Observation {
  if (namespace.metadata.labels?.[labels.clusterUid] !== scope.identity.uid) {
    lookAgain(scope, takenLookMs);
    return { status: "False", reason: "HostNamespaceTaken", particulars: `Its name is ${namespace.metadata.name}` };
  }
  if (namespace.metadata.deletionTimestamp !== undefined) {
    // Somebody deleted it by hand; it is made again when it is gone.
    lookAgain(scope, deletingLookMs);
    return { status: "False", reason: "NamespaceCreating", particulars: "The one before is still being deleted" };
  }
  return { status: "True", reason: "NamespaceCreated" };
}
