import type { EndpointDefinition } from "./endpoint.ts";
import { clusterUrl, httpsPort } from "./service-fields.ts";

/** Reached on the host only. */
export const clusterIP: EndpointDefinition = {
  service: () => ({ type: "ClusterIP", ports: [httpsPort] }),
  objects: () => [],
  url: (_input, service) => clusterUrl(service),
  serverNames: () => [],
};
