import type { KubeObject } from "@inkube/kube";
import { ownAnnotations } from "../ownership.ts";
import { shortHash } from "../short-hash.ts";
import { type Json, record, records, text } from "../untyped.ts";
import { literalField } from "./env.ts";

const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const escapes: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\u000b": "\\v",
};

function quoteCharacter(character: string): string {
  const escaped = escapes[character];
  if (escaped !== undefined) return escaped;
  if (printable.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

function compareBytes([a]: [string, string], [b]: [string, string]): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Labels or annotations as the kubelet writes them into a file: sorted lines `key="value"`, quoted as Go quotes. */
export function formatMap(map: Record<string, string>): string {
  return Object.entries(map)
    .sort(compareBytes)
    .map(([key, value]) => `${key}="${[...value].map(quoteCharacter).join("")}"`)
    .join("\n");
}

interface Backed {
  annotation: string;
  value: string;
}

/** The annotation of the host pod that shows a field as it is inside; undefined when the host pod shows the same by itself. */
function backing(fieldPath: string, pod: KubeObject): Backed | undefined {
  const { labels = {}, annotations = {} } = pod.metadata;
  // The host pod's maps hold keys of ours, so the whole map is always backed.
  if (fieldPath === "metadata.labels") return { annotation: ownAnnotations.labels, value: formatMap(labels) };
  if (fieldPath === "metadata.annotations") {
    return { annotation: ownAnnotations.annotations, value: formatMap(annotations) };
  }
  const value = literalField(fieldPath, pod);
  if (value === undefined) return undefined;
  return { annotation: `${ownAnnotations.field}${shortHash(fieldPath)}`, value };
}

/** An item of a downward API volume or source on the host. The file follows labels and annotations as they change inside. */
export function hostItem(item: Json, pod: KubeObject): Json {
  const reference = record(item.fieldRef);
  const backed = item.fieldRef === undefined ? undefined : backing(text(reference.fieldPath), pod);
  if (backed === undefined) return item;
  return { ...item, fieldRef: { ...reference, fieldPath: `metadata.annotations['${backed.annotation}']` } };
}

/** The annotations that the host pod needs for its downward API volumes to show what is inside. */
export function downwardAnnotations(pod: KubeObject): Record<string, string> {
  const volumes = records(record(pod.spec).volumes);
  const items = volumes.flatMap((volume) => [
    ...records(record(volume.downwardAPI).items),
    ...records(record(volume.projected).sources).flatMap((source) => records(record(source.downwardAPI).items)),
  ]);
  const needed: Record<string, string> = {};
  for (const item of items) {
    const backed = backing(text(record(item.fieldRef).fieldPath), pod);
    if (backed !== undefined) needed[backed.annotation] = backed.value;
  }
  return needed;
}
