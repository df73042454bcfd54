import { isDeepStrictEqual } from "node:util";
import type { Json } from "./untyped.ts";

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The JSON merge patch (RFC 7396) that turns `from` into `to`; undefined when they are equal.
 * Lists are replaced whole. Undefined fields count as absent.
 */
export function mergePatch(from: Json, to: Json): Json | undefined {
  const patch: Json = {};
  for (const key of Object.keys(from)) {
    if (from[key] !== undefined && to[key] === undefined) patch[key] = null;
  }
  for (const [key, wanted] of Object.entries(to)) {
    const present = from[key];
    if (wanted === undefined || isDeepStrictEqual(present, wanted)) continue;
    if (isObject(present) && isObject(wanted)) {
      const inner = mergePatch(present, wanted);
      if (inner !== undefined) patch[key] = inner;
    } else {
      patch[key] = wanted;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}
