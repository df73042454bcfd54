import { isJsonObject, type JsonObject, sameJson } from "../json.ts";
import { listRule } from "../list-rules.ts";
import type { ServedType } from "../registry.ts";

const deleteFromList = "$deleteFromPrimitiveList/";

function isDirective(name: string): boolean {
  return name.startsWith("$");
}

/**
 * Strategic merge patch of a built-in kind: keyed lists merge item by item (by the first merge key), other
 * lists replace; `$patch: delete|replace`, `$retainKeys` and `$deleteFromPrimitiveList` are honoured,
 * `$setElementOrder` is accepted and ignored. Inputs stay unchanged.
 */
export function applyStrategicMergePatch(type: ServedType, target: unknown, patch: unknown): unknown {
  return mergeValue(type, [], target, patch);
}

function mergeValue(type: ServedType, path: string[], target: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergeList(type, path, Array.isArray(target) ? target : [], patch);
  if (!isJsonObject(patch)) return patch;
  return mergeObject(type, path, isJsonObject(target) ? target : {}, patch);
}

function mergeObject(type: ServedType, path: string[], target: JsonObject, patch: JsonObject): JsonObject {
  if (patch.$patch === "replace") return withoutDirectives(patch);
  if (patch.$patch === "delete") return {};
  const result = { ...target };
  if (Array.isArray(patch.$retainKeys)) {
    for (const name of Object.keys(result)) if (!patch.$retainKeys.includes(name)) delete result[name];
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(deleteFromList)) dropScalars(result, name.slice(deleteFromList.length), value);
    else if (isDirective(name)) continue;
    else if (value === null) delete result[name];
    else if (isJsonObject(value) && value.$patch === "delete") delete result[name];
    else result[name] = mergeValue(type, [...path, name], result[name], value);
  }
  return result;
}

function dropScalars(object: JsonObject, name: string, gone: unknown): void {
  const list = object[name];
  if (Array.isArray(list) && Array.isArray(gone)) object[name] = list.filter((value) => !gone.includes(value));
}

function withoutDirectives(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !isDirective(name)));
}

function mergeList(type: ServedType, path: string[], target: unknown[], patch: unknown[]): unknown[] {
  const rule = listRule(type, path);
  if (rule.kind === "atomic") return patch;
  if (rule.kind === "set") return [...new Set([...target, ...patch])];
  const key = rule.keys[0] ?? "name";
  const items = patch.filter(isJsonObject);
  const replaces = items.some((item) => item.$patch === "replace" && !(key in item));
  const result = replaces ? [] : [...target];
  for (const item of items) {
    if (item.$patch === "replace" && !(key in item)) continue;
    const at = result.findIndex((existing) => isJsonObject(existing) && sameJson(existing[key], item[key]));
    if (item.$patch === "delete") {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = mergeValue(type, path, result[at], item);
    else result.push(mergeValue(type, path, {}, item));
  }
  return result;
}
