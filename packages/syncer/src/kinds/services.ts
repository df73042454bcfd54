import { labels, managedBy } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { appliedKind } from "./applied-kind.ts";
import type { Decision, KindContext, NestedWrite } from "./kind.ts";
import { mergePatch } from "./merge-patch.ts";
import { hostMetadata } from "./metadata.ts";
import { type Json, record, records, stringMap, text, without } from "./untyped.ts";

function decide(nested: KubeObject): Decision {
  if (nested.metadata.name === "kubernetes" && nested.metadata.namespace === "default") {
    return { sync: false, reason: "It is the address of the cluster's own API server." };
  }
  if (record(nested.spec).type === "ExternalName") {
    // On the host it would do nothing but let the host's ingress controllers be sent to names of the tenant's choice.
    return { sync: false, reason: "The cluster's own DNS answers for it; nothing of it is needed on the host." };
  }
  return { sync: true };
}

/**
 * The spec on the host. `externalIPs` stays inside: on the host it would draw the traffic of everybody there to the tenant.
 * The selector also names the nested namespace, since one host namespace holds them all.
 */
function specOnHost(nested: KubeObject): Json {
  const unset = Object.entries(record(nested.spec)).filter(([, value]) => value === "" || value === 0);
  const dropped = [...unset.map(([field]) => field), "externalIPs", "externalName", "selector"];
  const spec = without(record(nested.spec), ...dropped);
  const selector = stringMap(record(nested.spec).selector);
  if (Object.keys(selector).length === 0) return spec;
  const own = { [labels.namespace]: nested.metadata.namespace ?? "", [labels.managedBy]: managedBy.syncer };
  return { ...spec, selector: { ...selector, ...own } };
}

function toHost(nested: KubeObject, context: KindContext): KubeObject {
  return { apiVersion: "v1", kind: "Service", metadata: hostMetadata(nested, context), spec: specOnHost(nested) };
}

function portKey(port: Json): string {
  return `${text(port.protocol) || "TCP"}/${String(port.port)}/${text(port.name)}`;
}

/** The nested ports with the host's node ports where the nested ones have none; undefined when none is missing. */
function portsWithNodePorts(nestedSpec: Json, hostSpec: Json): Json[] | undefined {
  const given = new Map(records(hostSpec.ports).map((port) => [portKey(port), port.nodePort]));
  let missing = false;
  const ports = records(nestedSpec.ports).map((port) => {
    const nodePort = given.get(portKey(port));
    if (port.nodePort || !nodePort) return port;
    missing = true;
    return { ...port, nodePort };
  });
  return missing ? ports : undefined;
}

/**
 * What the nested status must take over. A Service with a load balancer class that the host does not serve may be served by a
 * controller inside; its address is left alone.
 */
function statusPatch(host: KubeObject, nested: KubeObject): Json | undefined {
  const spec = record(nested.spec);
  const balanced = spec.type === "LoadBalancer";
  const told = balanced ? record(record(host.status).loadBalancer) : {};
  if (balanced && records(told.ingress).length === 0 && spec.loadBalancerClass !== undefined) return undefined;
  return mergePatch(record(record(nested.status).loadBalancer), told);
}

function fromHost(host: KubeObject, nested: KubeObject): NestedWrite[] {
  const writes: NestedWrite[] = [];
  const spec = record(nested.spec);
  const exposed = spec.type === "NodePort" || spec.type === "LoadBalancer";
  const ports = exposed ? portsWithNodePorts(spec, record(host.spec)) : undefined;
  if (ports !== undefined) writes.push({ verb: "patch", body: { spec: { ports } } });
  const loadBalancer = statusPatch(host, nested);
  if (loadBalancer !== undefined) {
    writes.push({ verb: "patch", subresource: "status", body: { status: { loadBalancer } } });
  }
  return writes;
}

/** Services: same type, ports and ClusterIP on the host; the load balancer's address comes back. */
export const services = appliedKind({
  type: resources.services,
  decide,
  toHost,
  fromHost,
});
