import { isJsonObject, type JsonObject } from "../json.ts";
import { isAtomicMap, itemKey, listRule } from "../list-rules.ts";
import type { ServedType } from "../registry.ts";

/**
 * A field of an object as one string: path elements as in `managedFields` (`f:name`, `k:{"name":"web"}`,
 * `v:"value"`) joined by line feeds, which none of them can hold.
 */
export type FieldPath = string;

const separator = "\n";

export function joinPath(path: FieldPath, element: string): FieldPath {
  return path === "" ? element : `${path}${separator}${element}`;
}

export function splitPath(path: FieldPath): string[] {
  return path.split(separator);
}

/** True when `path` is `ancestor` or lies below it. */
export function isWithin(path: FieldPath, ancestor: FieldPath): boolean {
  return path === ancestor || path.startsWith(ancestor + separator);
}

export function keyElement(key: JsonObject): string {
  const sorted = Object.fromEntries(Object.entries(key).sort(([left], [right]) => (left < right ? -1 : 1)));
  return `k:${JSON.stringify(sorted)}`;
}

/** Marks the existence of an item of a keyed list, apart from what is inside. */
const itemExists = Symbol("item");

function collect(
  type: ServedType,
  names: string[],
  path: FieldPath,
  value: unknown,
  into: Map<FieldPath, unknown>,
): void {
  if (isJsonObject(value) && Object.keys(value).length > 0 && !isAtomicMap(type, names)) {
    for (const [name, member] of Object.entries(value)) {
      if (member === null || member === undefined) continue;
      collect(type, [...names, name], joinPath(path, `f:${name}`), member, into);
    }
    return;
  }
  if (Array.isArray(value)) {
    const rule = listRule(type, names);
    if (rule.kind === "set") {
      for (const item of value) into.set(joinPath(path, `v:${JSON.stringify(item)}`), item);
      return;
    }
    if (rule.kind === "map" && value.length > 0) {
      for (const item of value.filter(isJsonObject)) {
        const at = joinPath(path, keyElement(itemKey(item, rule.keys)));
        into.set(at, itemExists);
        collect(type, names, at, item, into);
      }
      return;
    }
  }
  into.set(path, value);
}

/** Members that no manager owns. */
const unowned = new Set(
  ["name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"]
    .concat(["deletionTimestamp", "deletionGracePeriodSeconds", "generateName"])
    .map((name) => joinPath("f:metadata", `f:${name}`)),
);

/** Every ownable field of an object with its value: leaves, atomic values, and items of keyed lists. */
export function fieldsOf(type: ServedType, object: JsonObject): Map<FieldPath, unknown> {
  const fields = new Map<FieldPath, unknown>();
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  collect(type, [], "", rest, fields);
  fields.delete("");
  const below = new Map<FieldPath, unknown>();
  collect(type, ["metadata"], "f:metadata", metadata, below);
  for (const [path, value] of below) {
    const top = splitPath(path).slice(0, 2).join(separator);
    if (path !== "f:metadata" && !unowned.has(top)) fields.set(path, value);
  }
  return fields;
}

/** The `fieldsV1` form of a set of fields. */
export function toFieldsV1(paths: Iterable<FieldPath>): JsonObject {
  const root: JsonObject = {};
  const sorted = [...paths].sort();
  for (const path of sorted) {
    let node = root;
    for (const element of splitPath(path)) {
      const next = isJsonObject(node[element]) ? node[element] : {};
      node[element] = next;
      node = next;
    }
    if (path.includes("k:") && splitPath(path).at(-1)?.startsWith("k:")) node["."] = {};
  }
  return root;
}

/** The set of fields that a `fieldsV1` names. */
export function fromFieldsV1(tree: unknown, path: FieldPath = "", into = new Set<FieldPath>()): Set<FieldPath> {
  if (!isJsonObject(tree)) return into;
  const elements = Object.keys(tree);
  if (elements.length === 0 && path !== "") into.add(path);
  for (const element of elements) {
    if (element === ".") into.add(path);
    else fromFieldsV1(tree[element], joinPath(path, element), into);
  }
  return into;
}
