import { type ControlPlaneInput, endpointHostName, tlsRoutes } from "@inkube/controlplane";
import type { Client, KubeObject, WatchCache } from "@inkube/kube";
import type { ExtensionObjects } from "../../../objects/extension-objects.ts";
import type { Scope } from "../scope.ts";
import { blocked, type Exposure, open } from "./exposure.ts";
import type { FirstSeen } from "./first-seen.ts";
import { inspectGateway } from "./gateway.ts";
import { inspectIngress } from "./ingress.ts";
import { inspectLoadBalancer } from "./load-balancer.ts";

export interface InspectDependencies {
  client: Client;
  extensions: ExtensionObjects;
  firstSeen: FirstSeen;
  ingressClasses: WatchCache;
}

/** What the host says about the endpoint: who gives it an address, and whether somebody refuses. Throws KubeError. */
export async function inspectExposure(
  dependencies: InspectDependencies,
  scope: Scope,
  made: { input: ControlPlaneInput; service: KubeObject; objects: readonly KubeObject[]; now: number },
): Promise<Exposure> {
  const { input, objects } = made;
  switch (input.endpointType) {
    case "LoadBalancer":
      return inspectLoadBalancer(dependencies, scope, made);
    case "Ingress":
      return inspectIngress(dependencies.ingressClasses, input, objects[0]);
    case "Gateway": {
      const route = objects.find(({ kind }) => kind === tlsRoutes.kind);
      return inspectGateway(dependencies, scope, input, route);
    }
    default:
      return open;
  }
}

/** What the host's policy lacks for this type of endpoint; undefined when it offers it. */
export function notOffered(input: ControlPlaneInput): Exposure["blocked"] {
  const { endpointType, endpointPolicy } = input;
  if (endpointType !== "Ingress" && endpointType !== "Gateway") return undefined;
  if (!endpointPolicy.domain) return blocked("EndpointNotOffered", `${endpointType} needs endpoint.domain`).blocked;
  if (endpointType === "Gateway" && !endpointPolicy.gateway) {
    return blocked("EndpointNotOffered", "Gateway needs endpoint.gateway").blocked;
  }
  if (endpointHostName(input) !== undefined) return undefined;
  return blocked("EndpointNotOffered", `The name under endpoint.domain ${endpointPolicy.domain} would be too long`)
    .blocked;
}
