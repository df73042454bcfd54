/**
 * Whether every field of `wanted` is in `live` with the same value: what the host added beside it (defaults, injected
 * containers, allocated ports) is not drift. List entries are matched by the key that Kubernetes merges them by,
 * other lists by position. Empty values count as absent, as they do on the wire.
 */
export function covers(wanted: unknown, live: unknown): boolean {
  if (isEmpty(wanted)) return isEmpty(live) || typeof live === "object";
  if (Array.isArray(wanted)) return Array.isArray(live) && coversList(wanted, live);
  if (typeof wanted === "object") return isRecord(live) && coversRecord(wanted as Record<string, unknown>, live);
  return wanted === live;
}

/** The part of `live` that `wanted` speaks about; two projections are equal when nothing that is ours differs. */
export function project(wanted: unknown, live: unknown): unknown {
  if (Array.isArray(wanted) && Array.isArray(live)) {
    const find = finderFor(wanted, live);
    return wanted.map((entry, index) => project(entry, find(entry, index)));
  }
  if (isRecord(wanted) && isRecord(live)) {
    return Object.fromEntries(Object.keys(wanted).map((key) => [key, project(wanted[key], live[key])]));
  }
  return live;
}

function coversRecord(wanted: Record<string, unknown>, live: Record<string, unknown>): boolean {
  return Object.keys(wanted).every((key) => covers(wanted[key], live[key]));
}

function coversList(wanted: unknown[], live: unknown[]): boolean {
  const mergeKey = mergeKeyOf(wanted);
  if (mergeKey === undefined && wanted.length !== live.length) return false;
  const find = finderFor(wanted, live);
  return wanted.every((entry, index) => covers(entry, find(entry, index)));
}

function finderFor(wanted: unknown[], live: unknown[]): (entry: unknown, index: number) => unknown {
  const mergeKey = mergeKeyOf(wanted);
  if (mergeKey === undefined) return (_entry, index) => live[index];
  return (entry) => live.find((candidate) => isRecord(candidate) && candidate[mergeKey] === fieldOf(entry, mergeKey));
}

/** Merge keys of core kinds in the order in which they are unique: containers, volumes, ports, mounts, conditions. */
const mergeKeys = ["name", "mountPath", "ip", "type", "port", "containerPort"] as const;

function mergeKeyOf(list: unknown[]): string | undefined {
  return mergeKeys.find((key) => {
    const values = list.map((entry) => fieldOf(entry, key));
    return values.every((value) => value !== undefined) && new Set(values).size === values.length;
  });
}

function fieldOf(entry: unknown, key: string): unknown {
  return isRecord(entry) ? entry[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
