import { annotations as engineAnnotations } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { ownAnnotations } from "./ownership.ts";
import type { Json } from "./untyped.ts";

interface OwnedKeys {
  labels: string[];
  annotations: string[];
}

/**
 * The object with the keys of its labels and annotations written into one annotation. Hosts add labels and annotations of their
 * own to created objects; this is how one that was removed inside is told from those.
 */
export function withOwnedKeys(wanted: KubeObject): KubeObject {
  const { labels = {}, annotations = {} } = wanted.metadata;
  const owned: OwnedKeys = { labels: Object.keys(labels).sort(), annotations: Object.keys(annotations).sort() };
  return {
    ...wanted,
    metadata: {
      ...wanted.metadata,
      annotations: { ...annotations, [ownAnnotations.ownedKeys]: JSON.stringify(owned) },
    },
  };
}

function ownedKeys(host: KubeObject): OwnedKeys {
  try {
    const owned: Partial<OwnedKeys> = JSON.parse(host.metadata.annotations?.[ownAnnotations.ownedKeys] ?? "{}");
    return {
      labels: Array.isArray(owned.labels) ? owned.labels : [],
      annotations: Array.isArray(owned.annotations) ? owned.annotations : [],
    };
  } catch {
    // Somebody on the host spoiled the annotation: nothing is removed, and it is written anew with the next patch.
    return { labels: [], annotations: [] };
  }
}

function mapPatch(
  have: Record<string, string> = {},
  want: Record<string, string> = {},
  owned: string[] = [],
): Record<string, string | null> {
  const patch: Record<string, string | null> = {};
  for (const key of owned) {
    if (have[key] !== undefined && want[key] === undefined) patch[key] = null;
  }
  for (const [key, value] of Object.entries(want)) {
    if (have[key] !== value && key !== engineAnnotations.appliedHash) patch[key] = value;
  }
  return patch;
}

/** The merge patch of metadata that brings a created object's labels and annotations to what is wanted, leaving the host's own. */
export function metadataPatch(host: KubeObject, wanted: KubeObject): Json | undefined {
  const owned = ownedKeys(host);
  const labels = mapPatch(host.metadata.labels, wanted.metadata.labels, owned.labels);
  const annotations = mapPatch(host.metadata.annotations, wanted.metadata.annotations, owned.annotations);
  const patch: Json = {
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
  return Object.keys(patch).length > 0 ? patch : undefined;
}
