import { type EndpointType, names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ControlPlaneInput } from "./input.ts";
import { controlPlaneSelector, owned } from "./object-labels.ts";

/** The Service that everybody reaches the nested API by: pods inside, the syncer, and people. */
export function controlPlaneService({ cluster, spec, endpointType }: ControlPlaneInput): KubeObject {
  const port: Record<string, unknown> = {
    name: "https",
    port: ports.apiService,
    targetPort: ports.api,
    protocol: "TCP",
  };
  if (endpointType === "NodePort" && spec.endpoint.nodePort !== undefined) port.nodePort = spec.endpoint.nodePort;
  return owned(cluster, {
    apiVersion: "v1",
    kind: "Service",
    name: names.controlPlane,
    spec: {
      type: serviceType(endpointType),
      selector: controlPlaneSelector,
      ports: [port],
      // With one replica there is no better one to send a client to, and the syncer reaches the API as soon as it listens.
      publishNotReadyAddresses: true,
    },
  });
}

/** Ingress, gateway and hub reach the API server by its ClusterIP. */
function serviceType(endpointType: EndpointType): string {
  return endpointType === "NodePort" || endpointType === "LoadBalancer" ? endpointType : "ClusterIP";
}

/** Headless Service that the StatefulSet needs for its pods' names. */
export function controlPlanePodsService({ cluster }: ControlPlaneInput): KubeObject {
  return owned(cluster, {
    apiVersion: "v1",
    kind: "Service",
    name: names.controlPlanePods,
    spec: {
      clusterIP: "None",
      selector: controlPlaneSelector,
      ports: [{ name: "https", port: ports.api, targetPort: ports.api, protocol: "TCP" }],
      publishNotReadyAddresses: true,
    },
  });
}
