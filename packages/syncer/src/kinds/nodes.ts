import { isDeepStrictEqual } from "node:util";
import { ports } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import type { FromHostKind, KindContext } from "./kind.ts";
import { readRule } from "./kind-rules.ts";
import { ownAnnotations } from "./ownership.ts";
import { optional, record, records } from "./untyped.ts";

const shownSpec = ["podCIDR", "podCIDRs"] as const;

/** Left out: `images` and `volumes*` tell what other tenants run and store. */
const shownStatus = [
  "addresses",
  "capacity",
  "allocatable",
  "conditions",
  "nodeInfo",
  "runtimeHandlers",
  "features",
] as const;

function pick(from: unknown, fields: readonly string[]): Record<string, unknown> {
  const source = record(from);
  return Object.fromEntries(
    fields.filter((field) => source[field] !== undefined).map((field) => [field, source[field]]),
  );
}

function previousTaints(nested: KubeObject | undefined): unknown[] {
  try {
    const previous: unknown = JSON.parse(nested?.metadata.annotations?.[ownAnnotations.hostTaints] ?? "[]");
    return Array.isArray(previous) ? previous : [];
  } catch {
    // A tenant spoiled its own node's annotation: all taints inside then count as the tenant's.
    return [];
  }
}

/**
 * The host's taints and those that a tenant set inside. The API takes the list as a whole, so it is said in full once the host has
 * had any, and otherwise left to the tenant.
 */
function taints(host: KubeObject, nested: KubeObject | undefined): unknown[] | undefined {
  const onHost = records(record(host.spec).taints);
  const previous = previousTaints(nested);
  if (onHost.length === 0 && previous.length === 0) return undefined;
  const isIn = (list: unknown[], taint: unknown) => list.some((other) => isDeepStrictEqual(other, taint));
  const own = records(record(nested?.spec).taints).filter((taint) => !isIn(previous, taint) && !isIn(onHost, taint));
  return [...onHost, ...own];
}

function toNested(host: KubeObject, context: KindContext): KubeObject {
  const told = taints(host, context.nested("nodes", host.metadata.name));
  const fromHost = JSON.stringify(records(record(host.spec).taints));
  const unschedulable = record(host.spec).unschedulable === true ? true : undefined;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: host.metadata.name,
      labels: host.metadata.labels ?? {},
      ...(told === undefined ? {} : { annotations: { [ownAnnotations.hostTaints]: fromHost } }),
    },
    spec: { ...pick(host.spec, shownSpec), ...optional("taints", told), ...optional("unschedulable", unschedulable) },
    status: {
      ...pick(host.status, shownStatus),
      // Nothing but the syncer's tunnel reaches a kubelet from inside, and it listens on this port whatever the real one is.
      daemonEndpoints: { kubeletEndpoint: { Port: ports.kubelet } },
    },
  };
}

/**
 * The host's nodes as they are, with true names, addresses and conditions. Annotations stay on the host (network plug-ins and
 * cloud controllers keep keys and addresses there), and so does the cloud's provider ID.
 */
export const nodes: FromHostKind = {
  direction: "fromHost",
  kind: "nodes",
  type: resources.nodes,
  hostRules: [readRule(resources.nodes)],
  toNested,
  hasStatus: true,
};
