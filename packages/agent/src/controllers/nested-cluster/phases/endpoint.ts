import { conditionTypes, type EndpointType, getCondition } from "@inkube/api";
import { type ControlPlaneInput, clusterUrl, endpointHostName } from "@inkube/controlplane";
import type { KubeObject } from "@inkube/kube";
import type { Lookup } from "../../../probe/lookup.ts";
import type { ProbeAnswer, ProbeEndpoint } from "../../../probe/probe-endpoint.ts";
import { recordAdvice } from "../exposure/dns-record.ts";
import type { Exposure } from "../exposure/exposure.ts";
import { type InspectDependencies, inspectExposure } from "../exposure/inspect.ts";
import { graceLeft, graceMs } from "../grace.ts";
import { lookAgain, type Observation, type Scope } from "../scope.ts";
import type { Exposed } from "./exposure.ts";

/** While the control plane starts, each tenth of a second counts for whoever waits; afterwards it is a check-up. */
const startingLookMs = 150;
const steadyLookMs = 30_000;
const failingLookMs = 5000;
const routeLookMs = 1000;

export interface EndpointDependencies extends InspectDependencies {
  probe: ProbeEndpoint;
  lookup: Lookup;
}

/** An endpoint as far as it is made. */
export interface EndpointState {
  input: ControlPlaneInput;
  service: KubeObject;
  exposed: Exposed;
  /** The URL that people use, once there is one. */
  url?: string;
  /** Certificate of the nested cluster's own authority. */
  ca: string;
  /** The API server's container runs, so that something may answer. */
  running: boolean;
  now: number;
}

type Failed = Exclude<ProbeAnswer, { ready: true }>;

/** What was found, and whether the API server itself said that it is ready. */
export interface EndpointFinding {
  observation: Observation;
  apiAnswers: boolean;
}

/**
 * Dials the endpoint as people would and asks whether the API is ready. While the API server starts it is asked by its
 * ClusterIP where the endpoint is more than an address: names and load balancers take longer to tell.
 */
export async function observeEndpoint(
  dependencies: EndpointDependencies,
  scope: Scope,
  state: EndpointState,
): Promise<EndpointFinding> {
  const { trouble } = state.exposed;
  const starting = scope.observations.ControlPlaneReady?.status !== "True";
  const isPlain = plainTypes.has(state.input.endpointType);
  if (isPlain || starting) {
    const url = state.input.endpointType === "NodePort" ? state.url : clusterUrl(state.service);
    const finding = await askDirectly(dependencies, scope, { state, url, starting });
    if (isPlain) return finding;
    if (!finding.apiAnswers) return { ...finding, observation: trouble ?? finding.observation };
  }
  if (trouble) lookAgain(scope, failingLookMs);
  return { observation: trouble ?? (await askOutside(dependencies, scope, state)), apiAnswers: true };
}

/** An address and a port of the host itself, where nothing more is to be found out. */
const plainTypes: ReadonlySet<EndpointType> = new Set<EndpointType>(["ClusterIP", "NodePort", "Hub"]);

async function askDirectly(
  { probe, lookup }: EndpointDependencies,
  scope: Scope,
  { state, url, starting }: { state: EndpointState; url: string | undefined; starting: boolean },
): Promise<EndpointFinding> {
  if (url === undefined) return { observation: noAddress(scope), apiAnswers: false };
  // Nothing can answer yet: a dial would only time out.
  if (!state.running) return { observation: waiting("The control plane is not running"), apiAnswers: false };
  const answer = await probe({ url, ca: state.ca, lookup, signal: scope.signal });
  scope.logger.debug({ url, ...answer }, "Asked API server");
  if (answer.ready) return { observation: answers(scope), apiAnswers: true };
  if (starting) {
    lookAgain(scope, startingLookMs);
    return { observation: waiting("The API server is starting"), apiAnswers: false };
  }
  return { observation: graceful(scope, state, answer) ?? judge(scope, url, answer), apiAnswers: false };
}

async function askOutside(
  dependencies: EndpointDependencies,
  scope: Scope,
  state: EndpointState,
): Promise<Observation> {
  const { probe, lookup } = dependencies;
  const exposure = await inspectExposure(dependencies, scope, { ...state, objects: state.exposed.objects });
  if (exposure.blocked) {
    lookAgain(scope, failingLookMs);
    return exposure.blocked;
  }
  const { url, ca } = state;
  if (url === undefined) return noAddress(scope);
  const expectedAddresses = exposure.expected;
  const answer = await probe({ url, ca, lookup, expectedAddresses, signal: scope.signal });
  scope.logger.debug({ url, ...answer }, "Asked endpoint");
  if (answer.ready) return answers(scope);
  if (answer.failure === "unreachable" && (await isOnlyRestricted(dependencies, scope, state))) {
    lookAgain(scope, steadyLookMs);
    return { status: "True", reason: "EndpointRestricted" };
  }
  return graceful(scope, state, answer) ?? explain(scope, { state, url, answer, exposure });
}

/** Hosts keep the agent's own connections out as well where only some addresses may connect. */
async function isOnlyRestricted(
  { probe, lookup }: EndpointDependencies,
  scope: Scope,
  { input, service, ca }: EndpointState,
): Promise<boolean> {
  const { sourceRanges = [] } = input.spec.endpoint.loadBalancer;
  const url = clusterUrl(service);
  if (input.endpointType !== "LoadBalancer" || sourceRanges.length === 0 || url === undefined) return false;
  return (await probe({ url, ca, lookup, signal: scope.signal })).ready;
}

function explain(
  scope: Scope,
  found: { state: EndpointState; url: string; answer: Failed; exposure: Exposure },
): Observation {
  const { state, url, answer, exposure } = found;
  if (exposure.pending) {
    lookAgain(scope, failingLookMs);
    return { ...exposure.pending, particulars: answer.why };
  }
  const { domain } = state.input.endpointPolicy;
  const name = endpointHostName(state.input);
  if (domain === undefined || name === undefined || state.input.endpointType === "LoadBalancer") {
    return judge(scope, url, answer);
  }
  const record = recordAdvice(domain, exposure.expected);
  lookAgain(scope, failingLookMs);
  if (answer.failure === "notResolved") {
    return { status: "False", reason: "DNSRecordMissing", particulars: `${answer.why}. ${record}` };
  }
  if (answer.failure !== "wrongAddress") return judge(scope, url, answer);
  const leads = `${name} leads to ${answer.addresses.join(", ")}, the host has ${exposure.expected.join(", ")}`;
  return { status: "False", reason: "DNSRecordWrong", particulars: `${leads}. ${record}` };
}

/** Of endpoints whose name is nobody's to make: addresses, and the names of load balancers. */
function judge(scope: Scope, url: string, answer: Failed): Observation {
  lookAgain(scope, failingLookMs);
  if (answer.failure === "notResolved") {
    return { status: "False", reason: "LoadBalancerPending", particulars: answer.why };
  }
  const reason = answer.failure === "otherServer" ? "EndpointAnswersOther" : "EndpointUnreachable";
  return { status: "False", reason, particulars: `${url}: ${answer.why}` };
}

/** Nodes and ingress controllers learn a moment after the API server has started where it is. A missing name waits for nobody. */
function graceful(scope: Scope, { now }: EndpointState, answer: Failed): Observation | undefined {
  const before = getCondition(scope.cluster.status?.conditions, conditionTypes.controlPlaneReady);
  const left = before?.status === "True" ? graceLeft(before.lastTransitionTime, now) : graceMs;
  if (left === 0 || answer.failure === "notResolved") return undefined;
  lookAgain(scope, Math.min(left, routeLookMs));
  return waiting("The endpoint does not lead to it yet");
}

function answers(scope: Scope): Observation {
  lookAgain(scope, steadyLookMs);
  return { status: "True", reason: "EndpointAnswers" };
}

function noAddress(scope: Scope): Observation {
  lookAgain(scope, failingLookMs);
  return { status: "False", reason: "EndpointPending" };
}

function waiting(particulars: string): Observation {
  return { status: "False", reason: "Waiting", particulars };
}
