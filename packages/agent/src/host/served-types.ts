import type { ExtensionType } from "@inkube/controlplane";
import { type Client, type Clock, isKubeError, type ResourceType } from "@inkube/kube";
import { readJson } from "./read-json.ts";
import { remembered } from "./remembered.ts";

/** What is installed on a host meanwhile is found after so long. */
const rememberMs = 30_000;

/**
 * Finds out in which version a host serves what may or may not be installed on it: the best one that is served now, or
 * undefined. Answers are kept for half a minute. Throws KubeError.
 */
export type ServedTypes = (type: ExtensionType) => Promise<ResourceType | undefined>;

interface GroupList {
  groups?: { name: string; versions?: { version: string }[] }[];
}

/** Asks the host's discovery. */
export function createServedTypes(client: Client, clock: Clock): ServedTypes {
  const groups = remembered(() => readJson<GroupList>(client, "/apis"), rememberMs, clock);
  const lists = new Map<string, () => Promise<string[]>>();
  const pluralsOf = (groupVersion: string): Promise<string[]> => {
    const known = lists.get(groupVersion) ?? remembered(() => readPlurals(client, groupVersion), rememberMs, clock);
    lists.set(groupVersion, known);
    return known();
  };
  return async ({ group, plural, kind, versions }) => {
    const served = (await groups()).groups?.find(({ name }) => name === group)?.versions ?? [];
    for (const version of versions) {
      if (!served.some((candidate) => candidate.version === version)) continue;
      const plurals = await pluralsOf(`${group}/${version}`);
      if (plurals.includes(plural)) return { group, version, plural, kind, namespaced: true };
    }
    return undefined;
  };
}

async function readPlurals(client: Client, groupVersion: string): Promise<string[]> {
  try {
    const { resources = [] } = await readJson<{ resources?: { name: string }[] }>(client, `/apis/${groupVersion}`);
    return resources.map(({ name }) => name);
  } catch (error) {
    // Uninstalled since the groups were read.
    if (isKubeError(error, "notFound")) return [];
    throw error;
  }
}
