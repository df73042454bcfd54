import { names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { owned } from "../render/object-labels.ts";
import type { EndpointDefinition, EndpointInput } from "./endpoint.ts";
import { bestApiVersion, tlsRoutes } from "./extension-types.ts";
import { endpointHostName, hostNames, hostNameUrl } from "./host-name.ts";
import { httpsPort } from "./service-fields.ts";

/** Reached by its name through a Gateway of the host, whose listener passes TLS through. */
export const gateway: EndpointDefinition = {
  service: () => ({ type: "ClusterIP", ports: [httpsPort] }),
  objects: tlsRoute,
  url: (input) => hostNameUrl(input),
  serverNames: hostNames,
};

function tlsRoute(input: EndpointInput): KubeObject[] {
  const hostName = endpointHostName(input);
  const parent = input.endpointPolicy.gateway;
  if (hostName === undefined || parent === undefined) return [];
  const { name, namespace, sectionName } = parent;
  return [
    owned(input.cluster, {
      apiVersion: bestApiVersion(tlsRoutes),
      kind: tlsRoutes.kind,
      name: names.controlPlane,
      spec: {
        hostnames: [hostName],
        parentRefs: [{ name, namespace, ...(sectionName !== undefined && { sectionName }) }],
        rules: [{ backendRefs: [{ name: names.controlPlane, port: ports.apiService }] }],
      },
    }),
  ];
}
