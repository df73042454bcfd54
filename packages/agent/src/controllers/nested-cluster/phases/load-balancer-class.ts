import { names } from "@inkube/api";
import type { ControlPlaneInput } from "@inkube/controlplane";
import type { OwnedCaches } from "../../../objects/owned-caches.ts";

/**
 * The input with the class that the Service already has: hosts refuse to change it as long as it is a load balancer, and a
 * new choice of the host must not stop what runs.
 */
export function keepLoadBalancerClass(input: ControlPlaneInput, owned: OwnedCaches): ControlPlaneInput {
  const live = owned.Service.get(names.controlPlane, input.cluster.hostNamespace);
  const { type, loadBalancerClass } = (live?.spec ?? {}) as { type?: string; loadBalancerClass?: string };
  if (input.endpointType !== "LoadBalancer" || type !== "LoadBalancer") return input;
  const { className: _new, ...loadBalancer } = input.endpointPolicy.loadBalancer;
  const kept = loadBalancerClass === undefined ? loadBalancer : { ...loadBalancer, className: loadBalancerClass };
  return { ...input, endpointPolicy: { ...input.endpointPolicy, loadBalancer: kept } };
}
