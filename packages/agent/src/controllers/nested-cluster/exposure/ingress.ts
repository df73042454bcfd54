import { type ControlPlaneInput, ingressAddresses, transportServers } from "@inkube/controlplane";
import type { KubeObject, WatchCache } from "@inkube/kube";
import { blocked, type Exposure, open, pending } from "./exposure.ts";
import { missingClass } from "./ingress-class.ts";

/** Whether an ingress controller takes the endpoint, by the object that was made for it. */
export function inspectIngress(
  ingressClasses: WatchCache,
  input: ControlPlaneInput,
  object: KubeObject | undefined,
): Exposure {
  const expected = ingressAddresses(object);
  // Who has given it an address has taken it, whatever its class is.
  if (expected.length > 0) return { expected };
  const missing = missingClass(input, ingressClasses);
  if (missing !== undefined) return blocked("IngressClassMissing", missing);
  if (object?.kind === transportServers.kind) return inspectTransportServer(object);
  // Not every controller writes addresses, so it may work all the same.
  return pending("IngressPending");
}

function inspectTransportServer(object: KubeObject): Exposure {
  const { state, reason, message } = (object.status ?? {}) as { state?: string; reason?: string; message?: string };
  if (state === undefined) return pending("IngressPending");
  if (state === "Valid") return open;
  return blocked("EndpointRefused", [`TransportServer is ${state}`, reason, message].filter(Boolean).join(": "));
}
