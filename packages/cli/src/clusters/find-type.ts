import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { AppError } from "@inkube/api";
import { type Client, type ResourceType, resources } from "@inkube/kube";

/** A kind as people write it. */
export interface KindName {
  /** Plural, kind, singular or short name, in any case. */
  word: string;
  /** API group, or `version.group`; absent: whichever group has it. */
  group?: string;
}

interface ServedResource {
  name: string;
  singularName?: string;
  kind: string;
  namespaced: boolean;
  shortNames?: string[];
}

type GroupVersion = Pick<ResourceType, "group" | "version">;

/**
 * The type that a word means at an API server: a well-known one, else whatever the server serves.
 * Throws AppError KUBE_NOT_FOUND when it serves none of that name, KUBE_SERVER when it does not say what it serves.
 */
export async function findType(client: Client, kind: KindName, signal: AbortSignal): Promise<ResourceType> {
  const word = kind.word.toLowerCase();
  const known = Object.values<ResourceType>(resources).find((type) => {
    return isInGroup(type, kind.group) && [type.plural, type.kind.toLowerCase()].includes(word);
  });
  if (known) return known;
  const groups = (await groupVersions(client, signal)).filter((served) => isInGroup(served, kind.group));
  const found = (await Promise.all(groups.map((served) => findIn(client, served, word, signal)))).find(Boolean);
  if (found) return found;
  const name = kind.group === undefined ? kind.word : `${kind.word}.${kind.group}`;
  throw new AppError("KUBE_NOT_FOUND", `The nested cluster has no kind ${name}`, {
    todo: "See which it has with kubectl api-resources.",
  });
}

function isInGroup({ group, version }: GroupVersion, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === group || wanted === `${version}.${group}`;
}

async function groupVersions(client: Client, signal: AbortSignal): Promise<GroupVersion[]> {
  const answer = await read<{ groups: { name: string; versions: { version: string }[] }[] }>(client, "/apis", signal);
  if (!answer) throw new AppError("KUBE_SERVER", "The nested cluster does not say which kinds it has");
  const named = answer.groups.flatMap(({ name, versions }) =>
    versions.map(({ version }) => ({ group: name, version })),
  );
  return [{ group: "", version: "v1" }, ...named];
}

/** Undefined too when the group does not answer: one extension that is away must not hide what the others serve. */
async function findIn(
  client: Client,
  { group, version }: GroupVersion,
  word: string,
  signal: AbortSignal,
): Promise<ResourceType | undefined> {
  const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const list = await read<{ resources: ServedResource[] }>(client, path, signal);
  const match = list?.resources.find(({ name, singularName, kind, shortNames = [] }) => {
    return [name, singularName, kind.toLowerCase(), ...shortNames].includes(word);
  });
  return match && { group, version, plural: match.name, kind: match.kind, namespaced: match.namespaced };
}

async function read<T>(client: Client, path: string, signal: AbortSignal): Promise<T | undefined> {
  const { status, body } = await client.raw({ method: "GET", path, signal });
  const answer = await text(Readable.from(body));
  return status === 200 ? (JSON.parse(answer) as T) : undefined;
}
