import type { EndpointDefinition } from "./endpoint.ts";
import { httpsPort } from "./service-fields.ts";

/** Reached through the hub's connection with the agent; the URL is the hub's to know. */
export const hub: EndpointDefinition = {
  service: () => ({ type: "ClusterIP", ports: [httpsPort] }),
  objects: () => [],
  url: () => undefined,
  serverNames: () => [],
};
