import { conditionTypes, getCondition } from "@inkube/api";
import type { ControlPlaneInput } from "@inkube/controlplane";
import type { KubeObject } from "@inkube/kube";
import type { HostView } from "../../../host/host-view.ts";
import { graceLeft, graceMs } from "../grace.ts";
import type { ProbeEndpoint } from "../probe.ts";
import { lookAgain, type Observation, type Scope } from "../scope.ts";

/** While the control plane starts, each tenth of a second counts for whoever waits; afterwards it is a check-up. */
const startingLookMs = 150;
const steadyLookMs = 30_000;
const failingLookMs = 5000;
const routeLookMs = 1000;

interface ServiceSpec {
  clusterIP?: string;
  ports?: { nodePort?: number; port?: number }[];
}

/** Where people reach the API server: `https://host:port`. Undefined while that has no address. */
export function endpointUrl(input: ControlPlaneInput, host: HostView, service: KubeObject): string | undefined {
  const { clusterIP, ports } = (service.spec ?? {}) as ServiceSpec;
  if (input.endpointType === "ClusterIP")
    return clusterIP && clusterIP !== "None" ? url(clusterIP, ports?.[0]?.port) : undefined;
  const address = host.endpoint.addresses[0];
  const nodePort = ports?.[0]?.nodePort;
  return address && nodePort ? url(address, nodePort) : undefined;
}

/** Dials the endpoint as people would and asks whether the API is ready. */
export async function observeEndpoint(
  probe: ProbeEndpoint,
  scope: Scope,
  endpoint: { url?: string; ca: string; running: boolean },
  now: number,
): Promise<Observation> {
  if (!endpoint.url) {
    lookAgain(scope, failingLookMs);
    return { status: "False", reason: "EndpointPending" };
  }
  // Nothing can answer yet: a dial would only time out.
  if (!endpoint.running) return { status: "False", reason: "Waiting", particulars: "The control plane is not running" };
  const answer = await probe(endpoint.url, endpoint.ca, scope.signal);
  scope.logger.debug({ url: endpoint.url, ...answer }, "Asked endpoint");
  if (answer.ready) {
    lookAgain(scope, steadyLookMs);
    return { status: "True", reason: "EndpointAnswers" };
  }
  const starting = scope.observations.ControlPlaneReady?.status !== "True";
  const left = starting ? 0 : routeGraceLeft(scope, now);
  lookAgain(scope, starting ? startingLookMs : left > 0 ? Math.min(left, routeLookMs) : failingLookMs);
  if (starting) return { status: "False", reason: "Waiting", particulars: "The API server is starting" };
  if (left > 0) return { status: "False", reason: "Waiting", particulars: "The endpoint does not lead to it yet" };
  return { status: "False", reason: "EndpointUnreachable", particulars: `${endpoint.url}: ${answer.why}` };
}

/** Nodes learn a moment after the API server has started where a Service leads to. */
function routeGraceLeft({ cluster }: Scope, now: number): number {
  const before = getCondition(cluster.status?.conditions, conditionTypes.controlPlaneReady);
  return before?.status === "True" ? graceLeft(before.lastTransitionTime, now) : graceMs;
}

function url(host: string, port = 443): string {
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
