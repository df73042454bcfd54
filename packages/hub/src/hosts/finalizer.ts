import { fieldManagers, type hostClusters, type nestedClusters, placementFinalizer } from "@inkube/api";
import { type Client, isKubeError, type KubeObject } from "@inkube/kube";

type Held = typeof hostClusters | typeof nestedClusters;

/** Keeps an object until its host has nothing left of it. */
export function holdFinalizer(client: Client, type: Held, object: KubeObject): Promise<void> {
  return change(client, type, object, (held) =>
    held.includes(placementFinalizer) ? held : [...held, placementFinalizer],
  );
}

/** Lets it go. */
export function dropFinalizer(client: Client, type: Held, object: KubeObject): Promise<void> {
  return change(client, type, object, (held) => held.filter((finalizer) => finalizer !== placementFinalizer));
}

/** Whoever else changes the object meanwhile; without effect on one that was made again under the same name. */
async function change(
  client: Client,
  type: Held,
  { metadata: { name, namespace, uid } }: KubeObject,
  wanted: (held: readonly string[]) => readonly string[],
): Promise<void> {
  const ref = { name, ...(namespace !== undefined && { namespace }) };
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const live = await client.get(type, ref);
    const held = live?.metadata.finalizers ?? [];
    const finalizers = wanted(held);
    if (!live || live.metadata.uid !== uid || finalizers.length === held.length) return;
    const metadata = { resourceVersion: live.metadata.resourceVersion, finalizers };
    try {
      await client.patch(type, ref, { metadata }, { type: "merge", fieldManager: fieldManagers.hub });
      return;
    } catch (error) {
      if (isKubeError(error, "notFound")) return;
      if (!isKubeError(error, "conflict")) throw error;
    }
  }
}
