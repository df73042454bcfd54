import { ports } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import type { FromHostKind } from "./kind.ts";
import { optional, record } from "./untyped.ts";

const shownSpec = ["podCIDR", "podCIDRs", "taints"] as const;

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

function toNested(host: KubeObject): KubeObject {
  const unschedulable = record(host.spec).unschedulable === true ? true : undefined;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: host.metadata.name, labels: host.metadata.labels ?? {} },
    spec: { ...pick(host.spec, shownSpec), ...optional("unschedulable", unschedulable) },
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
  hostRules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] }],
  toNested,
  hasStatus: true,
};
