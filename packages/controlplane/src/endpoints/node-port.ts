import type { EndpointDefinition } from "./endpoint.ts";
import { httpsPort, httpsUrl, nodePortOf } from "./service-fields.ts";

/** Reached on a port of every host node. */
export const nodePort: EndpointDefinition = {
  service: ({ spec }) => {
    const wanted = spec.endpoint.nodePort;
    return { type: "NodePort", ports: [wanted === undefined ? httpsPort : { ...httpsPort, nodePort: wanted }] };
  },
  objects: () => [],
  url: ({ endpointPolicy }, service) => {
    const address = endpointPolicy.addresses?.[0];
    const port = nodePortOf(service);
    return address && port ? httpsUrl(address, port) : undefined;
  },
  serverNames: () => [],
};
