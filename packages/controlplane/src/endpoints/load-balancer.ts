import type { EndpointDefinition, EndpointInput, ServicePort } from "./endpoint.ts";
import { httpsPort, httpsUrl, ingressAddresses } from "./service-fields.ts";

/** Reached by a load balancer of its own, which the host gives to the Service. */
export const loadBalancer: EndpointDefinition = {
  service: (input) => ({
    type: "LoadBalancer",
    ports: servicePorts(input),
    fields: fields(input),
    ...(input.endpointPolicy.loadBalancer.annotations && {
      annotations: input.endpointPolicy.loadBalancer.annotations,
    }),
  }),
  objects: () => [],
  url: ({ endpointPolicy }, service) => {
    const [address] = ingressAddresses(service);
    return address === undefined ? undefined : httpsUrl(address, endpointPolicy.port);
  },
  serverNames: ({ spec }, service) => [...ingressAddresses(service), ...(spec.endpoint.loadBalancer.externalIPs ?? [])],
};

function servicePorts({ endpointPolicy }: EndpointInput): ServicePort[] {
  if (endpointPolicy.port === httpsPort.port) return [httpsPort];
  return [httpsPort, { name: `https-${endpointPolicy.port}`, port: endpointPolicy.port }];
}

/** Traffic comes to the Service as TCP, so that TLS ends at the API server; what is set for other types is left out. */
function fields({ spec, endpointPolicy }: EndpointInput): Record<string, unknown> {
  const { externalTrafficPolicy, sourceRanges, externalIPs } = spec.endpoint.loadBalancer;
  const { className } = endpointPolicy.loadBalancer;
  return {
    externalTrafficPolicy,
    ...(className !== undefined && { loadBalancerClass: className }),
    ...(sourceRanges && sourceRanges.length > 0 && { loadBalancerSourceRanges: sourceRanges }),
    ...(externalIPs && externalIPs.length > 0 && { externalIPs }),
  };
}
