import type { EndpointType } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { clusterIP } from "./cluster-ip.ts";
import type { EndpointDefinition, EndpointInput } from "./endpoint.ts";
import { gateway } from "./gateway.ts";
import { hub } from "./hub.ts";
import { ingress } from "./ingress.ts";
import { loadBalancer } from "./load-balancer.ts";
import { nodePort } from "./node-port.ts";

/** Every way to reach a nested API server. */
export const endpointDefinitions: Readonly<Record<EndpointType, EndpointDefinition>> = {
  ClusterIP: clusterIP,
  NodePort: nodePort,
  LoadBalancer: loadBalancer,
  Ingress: ingress,
  Gateway: gateway,
  Hub: hub,
};

/** What an endpoint needs beside the Service. Pure. */
export function renderEndpoint(input: EndpointInput): KubeObject[] {
  return endpointDefinitions[input.endpointType].objects(input);
}

/** `https://host:port` that people use, by what the Service `control-plane` says now. Undefined while that has no address. */
export function endpointUrl(input: EndpointInput, service: KubeObject): string | undefined {
  return endpointDefinitions[input.endpointType].url(input, service);
}

/** Names and addresses that the endpoint brings into the API server's certificate. */
export function endpointServerNames(input: EndpointInput, service: KubeObject): string[] {
  return endpointDefinitions[input.endpointType].serverNames(input, service);
}
