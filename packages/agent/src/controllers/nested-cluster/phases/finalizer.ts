import { fieldManagers, finalizer, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import type { Scope } from "../scope.ts";

/** Puts our finalizer on the object before anything is made for it, so that nothing can be left behind. */
export async function holdFinalizer(client: Client, scope: Scope): Promise<void> {
  const finalizers = scope.cluster.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) await writeFinalizers(client, scope, [...finalizers, finalizer]);
}

/** Lets the object go. */
export async function dropFinalizer(client: Client, scope: Scope): Promise<void> {
  const finalizers = scope.cluster.metadata.finalizers ?? [];
  await writeFinalizers(
    client,
    scope,
    finalizers.filter((name) => name !== finalizer),
  );
}

async function writeFinalizers(client: Client, scope: Scope, finalizers: string[]): Promise<void> {
  const { name, namespace = "", resourceVersion, uid } = scope.cluster.metadata;
  // With the version that was read: another controller's finalizer must not get lost.
  const body = { metadata: { uid, resourceVersion, finalizers } };
  const options = { type: "merge", fieldManager: fieldManagers.agent, signal: scope.signal } as const;
  await client.patch(nestedClusters, { namespace, name }, body, options);
}
