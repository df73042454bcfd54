import { nestedClusters, type Reason } from "@inkube/api";
import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";

/** So many requests at once for a project's nested clusters. */
const atOnce = 16;
const inUse: Reason = "ProjectInUse";

/**
 * Deletes a project's namespace, which admission refuses while nested clusters are there that are not being deleted, as it does for
 * kubectl. With `force` they are deleted first, as the caller: the Kubernetes API judges each, and none goes when one would be
 * refused. What was begun is finished by its finalizers, and by asking again when others interfered. Throws KubeError.
 */
export async function deleteProject(
  { client, clients }: Pick<HubContext, "client" | "clients">,
  caller: Principal,
  name: string,
  { force, dryRun }: { force: boolean; dryRun: boolean },
): Promise<void> {
  if (force) {
    // Also namespaces that Kubernetes itself keeps, such as `default`, must be refused before anything is lost.
    await client.delete(resources.namespaces, { name }, { dryRun: true }).catch(exceptInUse);
    const { items } = await client.list(nestedClusters, { namespace: name });
    const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const deleteAll = (options: { dryRun: boolean }): Promise<void> =>
      eachOf(staying, async ({ metadata: { uid, ...metadata } }) => {
        const ref = { name: metadata.name, namespace: name };
        await clients.clientFor(caller).delete(nestedClusters, ref, { ...options, ...(uid !== undefined && { uid }) });
      });
    await deleteAll({ dryRun: true });
    if (dryRun) return;
    await deleteAll({ dryRun: false });
  }
  await client.delete(resources.namespaces, { name }, { dryRun });
}

async function eachOf(objects: readonly KubeObject[], act: (object: KubeObject) => Promise<void>): Promise<void> {
  for (let start = 0; start < objects.length; start += atOnce) {
    await Promise.all(objects.slice(start, start + atOnce).map(act));
  }
}

/** Throws what is anything but the refusal for the nested clusters that are about to go. */
function exceptInUse(error: unknown): void {
  const { causes } = (isKubeError(error, "conflict") ? error.details : {}) as { causes?: { reason?: string }[] };
  if (!causes?.some(({ reason }) => reason === inUse)) throw error;
}
