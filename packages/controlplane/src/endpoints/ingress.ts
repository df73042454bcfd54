import { names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { owned } from "../render/object-labels.ts";
import type { EndpointDefinition, EndpointInput } from "./endpoint.ts";
import { endpointHostName, hostNames, hostNameUrl } from "./host-name.ts";
import { passthroughAnnotations } from "./ingress-annotations.ts";
import { httpsPort } from "./service-fields.ts";
import { transportServer } from "./transport-server.ts";

/** Reached by its name through the host's ingress controller, which passes TLS through. */
export const ingress: EndpointDefinition = {
  service: () => ({ type: "ClusterIP", ports: [httpsPort] }),
  objects: (input) => {
    const hostName = endpointHostName(input);
    if (hostName === undefined) return [];
    const { controller } = input.endpointPolicy.ingress;
    if (controller === "f5") return [transportServer(input, hostName)];
    return [ingressObject(input, hostName, passthroughAnnotations[controller])];
  },
  url: (input) => hostNameUrl(input),
  serverNames: hostNames,
};

function ingressObject(
  { cluster, endpointPolicy }: EndpointInput,
  host: string,
  annotations: Readonly<Record<string, string>>,
): KubeObject {
  const { className } = endpointPolicy.ingress;
  const service = { name: names.controlPlane, port: { number: ports.apiService } };
  const object = owned(cluster, {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    name: names.controlPlane,
    spec: {
      ...(className !== undefined && { ingressClassName: className }),
      // Without a Secret: the controller has no certificate for this name, and must not need one.
      tls: [{ hosts: [host] }],
      rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend: { service } }] } }],
    },
  });
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations } } };
}
