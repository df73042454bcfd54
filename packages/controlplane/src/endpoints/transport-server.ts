import { names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { owned } from "../render/object-labels.ts";
import type { EndpointInput } from "./endpoint.ts";
import { bestApiVersion, transportServers } from "./extension-types.ts";

/** What F5 NGINX Ingress Controller takes in place of an Ingress to pass TLS through; it must run with -enable-tls-passthrough. */
export function transportServer({ cluster, endpointPolicy }: EndpointInput, host: string): KubeObject {
  const { className } = endpointPolicy.ingress;
  return owned(cluster, {
    apiVersion: bestApiVersion(transportServers),
    kind: transportServers.kind,
    name: names.controlPlane,
    spec: {
      ...(className !== undefined && { ingressClassName: className }),
      // The listener is built in under this name.
      listener: { name: "tls-passthrough", protocol: "TLS_PASSTHROUGH" },
      host,
      upstreams: [{ name: names.controlPlane, service: names.controlPlane, port: ports.apiService }],
      action: { pass: names.controlPlane },
    },
  });
}
