import { names, ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { endpointDefinitions } from "../endpoints/endpoints.ts";
import type { ControlPlaneInput } from "./input.ts";
import { controlPlaneSelector, owned } from "./object-labels.ts";

/** The Service that everybody reaches the nested API by: pods inside, the syncer, and people. */
export function controlPlaneService(input: ControlPlaneInput): KubeObject {
  const exposure = endpointDefinitions[input.endpointType].service(input);
  const service = owned(input.cluster, {
    apiVersion: "v1",
    kind: "Service",
    name: names.controlPlane,
    spec: {
      ...exposure.fields,
      type: exposure.type,
      selector: controlPlaneSelector,
      ports: exposure.ports.map((port) => ({ ...port, targetPort: ports.api, protocol: "TCP" })),
      // With one replica there is no better one to send a client to, and the syncer reaches the API as soon as it listens.
      publishNotReadyAddresses: true,
    },
  });
  if (!exposure.annotations) return service;
  return { ...service, metadata: { ...service.metadata, annotations: { ...exposure.annotations } } };
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
