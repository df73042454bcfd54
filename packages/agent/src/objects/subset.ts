import { parseQuantityNano } from "@inkube/kube";

/**
 * True when `live` says everything that `wanted` says: objects may have more members, lists must have the same length and
 * fit member by member. What a server fills in by default is no difference; what somebody changed is.
 */
export function says(live: unknown, wanted: unknown): boolean {
  if (wanted === undefined) return true;
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(live) && live.length === wanted.length && wanted.every((member, index) => says(live[index], member))
    );
  }
  if (isObject(wanted)) {
    return isObject(live)
      ? Object.entries(wanted).every(([key, member]) => says(live[key], member))
      : live === undefined && Object.keys(wanted).length === 0;
  }
  return live === wanted || sameQuantity(live, wanted);
}

/** Servers write quantities in their own way: `1000m` comes back as `1`. */
function sameQuantity(live: unknown, wanted: unknown): boolean {
  if (typeof live !== "string" || typeof wanted !== "string") return false;
  try {
    return parseQuantityNano(live) === parseQuantityNano(wanted);
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
