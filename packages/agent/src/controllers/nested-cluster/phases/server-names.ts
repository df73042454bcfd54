import { names } from "@inkube/api";
import { apiServerNames, type ControlPlaneInput, endpointServerNames, ingressAddresses } from "@inkube/controlplane";
import type { KubeObject, WatchCache } from "@inkube/kube";
import { lookAgain, type Scope } from "../scope.ts";

/** So long the first certificate waits for a load balancer's address; most controllers give one within that. */
const addressWaitMs = 2000;

/** Every name and address on the API server's certificate, by what is known of its Service now. */
export function serverNames(scope: Scope, input: ControlPlaneInput, service: KubeObject): string[] {
  const { clusterIP = "" } = (service.spec ?? {}) as { clusterIP?: string };
  return apiServerNames({
    hostNamespace: input.cluster.hostNamespace,
    clusterDomain: input.spec.clusterDomain,
    clusterIP,
    endpointAddresses: [
      ...(input.endpointPolicy.addresses ?? []),
      ...endpointServerNames(input, service),
      ...addressBefore(scope, input, service),
    ],
    extraNames: input.spec.endpoint.extraNames ?? [],
  });
}

/**
 * The address that a load balancer had. While its controller is replaced the Service has none for a moment, and a name that
 * goes and comes again would start k3s anew, which has its names on its command line.
 */
function addressBefore(scope: Scope, input: ControlPlaneInput, service: KubeObject): string[] {
  const { url, type } = scope.cluster.status?.endpoint ?? {};
  if (input.endpointType !== "LoadBalancer" || type !== "LoadBalancer" || url === undefined) return [];
  return ingressAddresses(service).length > 0 ? [] : [new URL(url).hostname.replace(/^\[|\]$/g, "")];
}

/**
 * True while the first certificate had better wait: with the address in it from the start, nothing has to be loaded again.
 * Only a new Service, and only for a moment: a host may have nobody who gives addresses.
 */
export function isAddressAwaited(
  scope: Scope,
  input: ControlPlaneInput,
  { service, secrets, now }: { service: KubeObject; secrets: WatchCache; now: number },
): boolean {
  if (input.endpointType !== "LoadBalancer" || ingressAddresses(service).length > 0) return false;
  if (secrets.get(names.pkiSecret, input.cluster.hostNamespace)) return false;
  const age = now - Date.parse(service.metadata.creationTimestamp ?? "");
  // Times on objects are whole seconds, and clocks differ.
  if (Number.isNaN(age) || age < -1000 || age >= addressWaitMs) return false;
  lookAgain(scope, addressWaitMs - age);
  return true;
}
