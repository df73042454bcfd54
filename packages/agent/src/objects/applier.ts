import { createHash } from "node:crypto";
import { annotations, fieldManagers } from "@inkube/api";
import type { Client, KubeObject } from "@inkube/kube";
import type { OwnedCaches } from "./owned-caches.ts";
import { type OwnedKind, ownedType } from "./owned-types.ts";
import { says } from "./subset.ts";

/**
 * Brings objects to the host by server-side apply, and only when there is something to bring: an object whose live copy
 * was applied with the same content and still says it is left alone.
 */
export interface Applier {
  /** The object as it is on the host afterwards. Throws KubeError. */
  apply(wanted: KubeObject, signal?: AbortSignal): Promise<KubeObject>;
  /** All at once; the first failure is thrown after the others have ended. */
  applyAll(wanted: readonly KubeObject[], signal?: AbortSignal): Promise<KubeObject[]>;
}

export function createApplier(client: Client, caches: OwnedCaches): Applier {
  const apply = async (wanted: KubeObject, signal?: AbortSignal): Promise<KubeObject> => {
    const marked = withHash(wanted);
    const { name, namespace } = wanted.metadata;
    const live = caches[wanted.kind as OwnedKind].get(name, namespace);
    if (live && live.metadata.deletionTimestamp === undefined && says(live, marked)) return live;
    const options = { fieldManager: fieldManagers.agent, force: true, ...(signal && { signal }) };
    return client.apply(ownedType(wanted), marked, options);
  };
  return {
    apply,
    async applyAll(wanted, signal) {
      const results = await Promise.allSettled(wanted.map((object) => apply(object, signal)));
      return results.map((result) => {
        if (result.status === "rejected") throw result.reason;
        return result.value;
      });
    },
  };
}

/** The object with the annotation by which an unchanged one is recognised. */
export function withHash(object: KubeObject): KubeObject {
  const hash = createHash("sha256").update(JSON.stringify(object)).digest("hex").slice(0, 32);
  const { metadata } = object;
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [annotations.appliedHash]: hash } },
  };
}
