import { names } from "@inkube/api";
import { type ControlPlaneInput, ingressAddresses } from "@inkube/controlplane";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { Scope } from "../scope.ts";
import { blocked, type Exposure, open } from "./exposure.ts";
import type { FirstSeen } from "./first-seen.ts";

/** A controller that is there has said or done something by then. */
const controllerAnswersMs = 30_000;

/** MetalLB says "no available IPs", Cilium "out_of_ips" and "ran out of allocatable IPs". */
const exhausted = /no available ips|out_of_ips|ran out of allocatable|exhausted/i;

/** Why a Service of type LoadBalancer has no address: what its controller tells, or that there is none. */
export async function inspectLoadBalancer(
  { client, firstSeen }: { client: Client; firstSeen: FirstSeen },
  scope: Scope,
  { input, service, now }: { input: ControlPlaneInput; service: KubeObject; now: number },
): Promise<Exposure> {
  if (ingressAddresses(service).length > 0) {
    firstSeen.forget(scope.key);
    return open;
  }
  const age = firstSeen.ageMs(scope.key, now);
  const said = conditionText(service) ?? (await latestEvent(client, scope));
  if (said !== undefined && exhausted.test(said)) return blocked("AddressPoolExhausted", said);
  if (said !== undefined) return blocked("LoadBalancerPending", said);
  if (age < controllerAnswersMs) return blocked("LoadBalancerPending");
  const { className } = input.endpointPolicy.loadBalancer;
  return blocked("LoadBalancerMissing", className && `The class ${className} is asked for`);
}

/** Cilium tells in a condition, and writes no Events. */
function conditionText(service: KubeObject): string | undefined {
  const { conditions = [] } = (service.status ?? {}) as {
    conditions?: { status: string; reason?: string; message?: string }[];
  };
  const refused = conditions.find(({ status }) => status === "False");
  return refused && [refused.reason, refused.message].filter(Boolean).join(": ");
}

interface EventFields {
  reason?: string;
  message?: string;
  lastTimestamp?: string;
  eventTime?: string;
}

/** The last word about the Service, except of those who look after its endpoints. */
async function latestEvent(client: Client, scope: Scope): Promise<string | undefined> {
  const fieldSelector = `involvedObject.kind=Service,involvedObject.name=${names.controlPlane}`;
  const options = { namespace: scope.identity.hostNamespace, fieldSelector, signal: scope.signal };
  const { items } = await client.list(resources.events, options);
  const time = ({ lastTimestamp, eventTime }: EventFields): string => lastTimestamp ?? eventTime ?? "";
  const latest = (items as (KubeObject & EventFields)[])
    .filter(({ reason = "" }) => !/Endpoint/.test(reason))
    .sort((a, b) => time(a).localeCompare(time(b)))
    .at(-1);
  return latest && (latest.message || latest.reason);
}
