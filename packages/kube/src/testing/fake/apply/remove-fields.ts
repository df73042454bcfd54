import { isJsonObject, type JsonObject, sameJson } from "../json.ts";
import { itemKey } from "../list-rules.ts";
import { type FieldPath, splitPath } from "./field-paths.ts";

/**
 * The value without these fields. A map or keyed list that becomes empty by it goes too; the key members of an
 * item that stays stay with it. Input stays unchanged.
 */
export function removeFields(value: JsonObject, paths: Iterable<FieldPath>): JsonObject {
  const result = structuredClone(value);
  const all = [...paths].map(splitPath);
  const whole = new Set(all.map((elements) => elements.join("\n")));
  for (const elements of all) {
    if (!isInsideRemoved(elements, whole) && !isKeyMember(elements)) removeOne(result, elements);
  }
  return result;
}

function isInsideRemoved(elements: string[], whole: Set<string>): boolean {
  return elements.some((_, length) => length > 0 && whole.has(elements.slice(0, length).join("\n")));
}

function isKeyMember(elements: string[]): boolean {
  const item = elements.at(-2) ?? "";
  return item.startsWith("k:") && (elements.at(-1) ?? "").slice(2) in (JSON.parse(item.slice(2)) as JsonObject);
}

/** Removes what the elements lead to; true when the container is empty afterwards. */
function removeOne(container: unknown, elements: string[]): boolean {
  const [element, ...rest] = elements;
  if (element === undefined) return true;
  if (isJsonObject(container) && element.startsWith("f:")) {
    const name = element.slice(2);
    if (name in container && removeOne(container[name], rest)) delete container[name];
    return Object.keys(container).length === 0;
  }
  if (Array.isArray(container)) {
    const at = container.findIndex((item) => matches(item, element));
    if (at >= 0 && removeOne(container[at], rest)) container.splice(at, 1);
    return container.length === 0;
  }
  return false;
}

function matches(item: unknown, element: string): boolean {
  const wanted: unknown = JSON.parse(element.slice(2));
  if (element.startsWith("v:")) return sameJson(item, wanted);
  if (!isJsonObject(item) || !isJsonObject(wanted)) return false;
  return sameJson(itemKey(item, Object.keys(wanted)), wanted);
}
