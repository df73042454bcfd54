import { fieldManagers, labels, managedBy } from "@inkube/api";
import type { ClusterIdentity, ExtensionType } from "@inkube/controlplane";
import { apiVersionOf, type Client, type KubeObject, type ObjectRef, type ResourceType } from "@inkube/kube";
import type { ServedTypes } from "../host/served-types.ts";
import { withHash } from "./applier.ts";
import { says } from "./subset.ts";

/**
 * Objects whose types a host may not serve. They are read when they are needed: a watch on a type that is not there would
 * never be complete.
 */
export interface ExtensionObjects {
  /** In which version the host serves a type now; undefined when it does not. Throws KubeError. */
  served: ServedTypes;
  /** The object as it is on the host afterwards, in the version that is served. Throws KubeError. */
  apply(wanted: KubeObject, type: ResourceType, signal: AbortSignal): Promise<KubeObject>;
  /**
   * Deletes what is there under `name` of all `types` but those of the `wanted` kinds, if it is this cluster's own. Looks
   * once; again when other kinds are wanted.
   */
  removeOthers(
    cluster: ClusterIdentity,
    objects: { name: string; types: readonly ExtensionType[]; wanted: readonly string[] },
    signal: AbortSignal,
  ): Promise<void>;
  /** Forgets a nested cluster that is gone. */
  forget(cluster: ClusterIdentity): void;
}

export function createExtensionObjects(client: Client, served: ServedTypes): ExtensionObjects {
  /** Host namespace → kinds that are wanted there, once nothing else is left. */
  const tidy = new Map<string, string>();
  return {
    served,
    async apply(wanted, type, signal) {
      const marked = withHash({ ...wanted, apiVersion: apiVersionOf(type) });
      const { name, namespace = "" } = wanted.metadata;
      const live = await client.get(type, { namespace, name }, { signal });
      if (live && live.metadata.deletionTimestamp === undefined && says(live, marked)) return live;
      return client.apply(type, marked, { fieldManager: fieldManagers.agent, force: true, signal });
    },
    async removeOthers(cluster, { name, types, wanted }, signal) {
      const { hostNamespace: namespace } = cluster;
      const state = [cluster.uid, ...wanted].join();
      if (tidy.get(namespace) === state) return;
      for (const extension of types.filter(({ kind }) => !wanted.includes(kind))) {
        const type = await served(extension);
        if (type) await removeOwn(client, type, { namespace, name }, cluster, signal);
      }
      tidy.set(namespace, state);
    },
    forget: ({ hostNamespace }) => void tidy.delete(hostNamespace),
  };
}

async function removeOwn(
  client: Client,
  type: ResourceType,
  ref: ObjectRef,
  cluster: ClusterIdentity,
  signal: AbortSignal,
): Promise<void> {
  const live = await client.get(type, ref, { signal });
  const { uid } = live?.metadata ?? {};
  if (live && uid !== undefined && isOwn(live, cluster)) await client.delete(type, ref, { uid, signal });
}

/** True when the labels of an object say that the agent made it for this nested cluster. */
export function isOwn({ metadata }: KubeObject, { project, name }: ClusterIdentity): boolean {
  const { [labels.managedBy]: by, [labels.project]: ofProject, [labels.cluster]: ofCluster } = metadata.labels ?? {};
  return by === managedBy.agent && ofProject === project && ofCluster === name;
}
