import type { ServedType } from "./registry.ts";

/** How a list is merged: by the keys of its items, as a set of scalars, or replaced whole. */
export type ListRule = { kind: "map"; keys: string[] } | { kind: "set" } | { kind: "atomic" };

const atomic: ListRule = { kind: "atomic" };

/**
 * The lists of built-in kinds that have merge keys in both server-side apply and strategic merge patch, by
 * member name. Every list that is not here is atomic. (Subset of the real schema: what pods, workloads,
 * services, nodes and webhooks use.)
 */
const keysByName: Record<string, string[]> = {
  containers: ["name"],
  initContainers: ["name"],
  ephemeralContainers: ["name"],
  env: ["name"],
  volumes: ["name"],
  volumeMounts: ["mountPath"],
  volumeDevices: ["devicePath"],
  imagePullSecrets: ["name"],
  secrets: ["name"],
  resourceClaims: ["name"],
  schedulingGates: ["name"],
  hostAliases: ["ip"],
  podIPs: ["ip"],
  hostIPs: ["ip"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
  conditions: ["type"],
  addresses: ["type"],
  webhooks: ["name"],
  matchConditions: ["name"],
};

/** Key members that the schema defaults, so that an item without them still has an identity. */
const keyDefaults: Record<string, string> = { protocol: "TCP" };

function portsRule(type: ServedType, path: string[]): ListRule {
  const owner = path.at(-2) ?? "";
  if (["containers", "initContainers", "ephemeralContainers"].includes(owner)) {
    return { kind: "map", keys: ["containerPort", "protocol"] };
  }
  return type.kind === "Service" && owner === "spec" ? { kind: "map", keys: ["port", "protocol"] } : atomic;
}

/** The rule for the list at a path of member names (list items leave no name in the path). */
export function listRule(type: ServedType, path: string[]): ListRule {
  const name = path.at(-1) ?? "";
  if (path.length === 2 && path[0] === "metadata") {
    if (name === "ownerReferences") return { kind: "map", keys: ["uid"] };
    if (name === "finalizers") return { kind: "set" };
  }
  if (type.custom) return name === "conditions" && path[0] === "status" ? { kind: "map", keys: ["type"] } : atomic;
  if (name === "ports") return portsRule(type, path);
  if (name === "addresses" && type.kind !== "Node") return atomic;
  const keys = keysByName[name];
  return keys ? { kind: "map", keys } : atomic;
}

const atomicMaps = new Set([
  "selector",
  "nodeSelector",
  "labelSelector",
  "namespaceSelector",
  "objectSelector",
  "podSelector",
  "nodeSelectorTerms",
  "secretKeyRef",
  "configMapKeyRef",
  "fieldRef",
  "resourceFieldRef",
  "fileKeyRef",
  "involvedObject",
  "targetRef",
  "claimRef",
  "dataSource",
]);

/** True for objects that are owned and replaced as one value. */
export function isAtomicMap(type: ServedType, path: string[]): boolean {
  return !type.custom && path[0] !== "metadata" && atomicMaps.has(path.at(-1) ?? "");
}

/** The identity of an item of a keyed list: its key members in the rule's order, defaults filled in. */
export function itemKey(item: Record<string, unknown>, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, item[key] ?? keyDefaults[key] ?? null]));
}
