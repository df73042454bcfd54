import type { KubeObject } from "@inkube/kube";
import type { Decision, KindContext } from "./kind.ts";
import { record, records, text } from "./untyped.ts";

/** The nested Service that endpoints belong to, or why they are of no use on the host. */
export function serviceOf(
  name: string,
  namespace: string,
  context: KindContext,
): { sync: true; object: KubeObject } | Extract<Decision, { sync: false }> {
  if (name === "kubernetes" && namespace === "default") {
    return { sync: false, reason: "They are the address of the cluster's own API server." };
  }
  const object = context.nested("services", name, namespace);
  if (object === undefined) return { sync: false, reason: `There is no Service ${name}.` };
  if (record(object.spec).type === "ExternalName") {
    return { sync: false, reason: `Service ${name} is a name for another host; it has no endpoints.` };
  }
  return { sync: true, object };
}

function podAddresses(context: KindContext): Set<string> {
  const addresses = new Set<string>();
  for (const pod of context.nestedList("pods")) {
    for (const { ip } of records(record(pod.status).podIPs)) addresses.add(text(ip));
  }
  return addresses;
}

/**
 * Refuses addresses written by hand behind a Service that is reachable from outside, unless they are this cluster's own pods.
 * Nodes forward such traffic in their own name, so it would go where the tenant's pods are not allowed to go. Behind a ClusterIP
 * the traffic leaves the client pod itself and its network policy judges the real address.
 */
export function exposureRefusal(
  service: KubeObject,
  addresses: string[],
  context: KindContext,
): Extract<Decision, { sync: false }> | undefined {
  const type = text(record(service.spec).type) || "ClusterIP";
  if (type === "ClusterIP" || addresses.length === 0) return undefined;
  const own = podAddresses(context);
  const foreign = addresses.find((address) => !own.has(address));
  if (foreign === undefined) return undefined;
  return {
    sync: false,
    reason: `Service ${service.metadata.name} is of type ${type}, which may only lead to pods of this cluster; ${foreign} is none.`,
  };
}
