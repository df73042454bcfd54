import { isJsonObject, type JsonObject } from "../json.ts";
import { isAtomicMap, itemKey, listRule } from "../list-rules.ts";
import type { ServedType } from "../registry.ts";
import { keyElement } from "./field-paths.ts";

/** `live` with everything that `applied` says; nothing is removed. Inputs stay unchanged. */
export function mergeApplied(type: ServedType, live: unknown, applied: unknown, names: string[] = []): unknown {
  if (Array.isArray(applied)) return mergeList(type, Array.isArray(live) ? live : [], applied, names);
  if (!isJsonObject(applied) || !isJsonObject(live) || isAtomicMap(type, names)) return withoutNulls(applied);
  const result: JsonObject = { ...live };
  for (const [name, value] of Object.entries(applied)) {
    if (value === null || value === undefined) continue;
    result[name] = mergeApplied(type, live[name], value, [...names, name]);
  }
  return result;
}

function withoutNulls(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

function mergeList(type: ServedType, live: unknown[], applied: unknown[], names: string[]): unknown[] {
  const rule = listRule(type, names);
  if (rule.kind === "atomic") return applied;
  if (rule.kind === "set") return [...new Set([...live, ...applied])];
  const keyOf = (item: JsonObject) => keyElement(itemKey(item, rule.keys));
  const wanted = new Map(applied.filter(isJsonObject).map((item) => [keyOf(item), item]));
  const existing = new Map(live.filter(isJsonObject).map((item) => [keyOf(item), item]));
  const shared = [...wanted.keys()].filter((key) => existing.has(key));
  const sharedAsLive = [...existing.keys()].filter((key) => wanted.has(key));
  // The applied order wins where both have the items; otherwise the live order stays and new items follow.
  const reordered = shared.some((key, at) => key !== sharedAsLive[at]);
  const order = reordered ? [...wanted.keys(), ...existing.keys()] : [...existing.keys(), ...wanted.keys()];
  return [...new Set(order)].map((key) => {
    const item = wanted.get(key);
    return item ? mergeApplied(type, existing.get(key) ?? {}, item, names) : existing.get(key);
  });
}
