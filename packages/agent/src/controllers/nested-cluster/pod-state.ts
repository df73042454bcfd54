import { containers } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { lastLine } from "./last-line.ts";
import type { Observation } from "./scope.ts";

interface Termination {
  exitCode?: number;
  reason?: string;
  message?: string;
}

interface ContainerStatus {
  name: string;
  image?: string;
  ready?: boolean;
  restartCount?: number;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: Termination; running?: object };
  lastState?: { terminated?: Termination };
}

interface PodStatus {
  conditions?: { type: string; status: string; reason?: string; message?: string }[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
}

const imageFailures = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "RegistryUnavailable",
]);

/** What to know about a pod that it does not say itself. */
export interface PodSurroundings {
  /** The datastore's claim. */
  claim?: KubeObject | undefined;
  /** Pod and claim are so new that a volume or a place on a node may still be on its way. */
  fresh: boolean;
}

/** What a control plane's pod says about itself, in the words of a condition. Pure. */
export function judgePod(pod: KubeObject, surroundings: PodSurroundings): Observation {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return { status: "False", reason: "ContainersStarting", particulars: "The pod before is ending" };
  }
  const status = (pod.status ?? {}) as PodStatus;
  const unscheduled = unscheduledFor(status.conditions);
  if (unscheduled !== undefined) return judgeUnscheduled(unscheduled, surroundings);
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const judge of [judgeImage, judgeCrash, judgeFirstEnd]) {
    const trouble = all.map(judge).find((observation) => observation !== undefined);
    if (trouble) return trouble;
  }
  if (all.length > 0 && all.every((container) => container.ready))
    return { status: "True", reason: "ControlPlaneAnswers" };
  const waitingFor = all.filter((container) => !container.ready).map(({ name }) => name);
  const particulars = waitingFor.length > 0 ? `Not ready yet: ${waitingFor.join(", ")}` : "";
  return { status: "False", reason: "ContainersStarting", particulars };
}

/** True when the process that serves the API runs, so that asking it makes sense. */
export function isApiRunning(pod: KubeObject): boolean {
  const statuses = ((pod.status ?? {}) as PodStatus).containerStatuses ?? [];
  const serving: readonly string[] = [containers.apiServer, containers.k3s];
  return statuses.some(({ name, state }) => serving.includes(name) && state?.running !== undefined);
}

/** True when the scheduler holds a pod back because its claim is not bound, though it is. */
export function isForgotten(pod: KubeObject, claim: KubeObject): boolean {
  const { conditions } = (pod.status ?? {}) as PodStatus;
  const { phase } = (claim.status ?? {}) as { phase?: string };
  return phase === "Bound" && /unbound .*PersistentVolumeClaim/.test(unscheduledFor(conditions) ?? "");
}

/** Why a pod has no node, in the scheduler's words; undefined when it has one or nobody has looked yet. */
function unscheduledFor(conditions: PodStatus["conditions"]): string | undefined {
  const scheduled = conditions?.find(({ type }) => type === "PodScheduled");
  return scheduled?.status === "False" ? (scheduled.message ?? "") : undefined;
}

function judgeUnscheduled(message: string, { claim, fresh }: PodSurroundings): Observation {
  const { phase } = (claim?.status ?? {}) as { phase?: string };
  // A bound claim whose volume is on the wrong node leaves no room for the pod; the volume itself is there.
  const volume = phase !== "Bound" && /persistent ?volume/i.test(message);
  if (volume && isWithoutClass(claim)) {
    const particulars = "The host has no default storage class, and the specification names none";
    return { status: "False", reason: "VolumePending", particulars };
  }
  if (!fresh) return { status: "False", reason: volume ? "VolumePending" : "Unschedulable", particulars: message };
  const particulars = volume ? "The datastore's volume is being provisioned" : "A host node is being looked for";
  return { status: "False", reason: "ContainersStarting", particulars };
}

/** The host fills in its default class when a claim is made: without one nobody will provide the volume. */
function isWithoutClass(claim: KubeObject | undefined): boolean {
  if (!claim) return false;
  const { storageClassName, volumeName } = (claim.spec ?? {}) as { storageClassName?: string; volumeName?: string };
  return storageClassName === undefined && volumeName === undefined;
}

function judgeImage({ state, image, name }: ContainerStatus): Observation | undefined {
  const { reason = "" } = state?.waiting ?? {};
  if (!imageFailures.has(reason)) return undefined;
  return { status: "False", reason: "ImagePullFailed", particulars: `${image} for container ${name}: ${reason}` };
}

function judgeCrash(container: ContainerStatus): Observation | undefined {
  const { state, lastState, name } = container;
  const waiting = state?.waiting?.reason ?? "";
  const ended = state?.terminated ?? (waiting === "CrashLoopBackOff" ? lastState?.terminated : undefined);
  const misconfigured = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"].includes(waiting);
  if ((!ended && !misconfigured) || endedOnce(container)) return undefined;
  const why = ended ? ending(ended) : `${waiting}: ${lastLine(state?.waiting?.message)}`;
  const reason = name === containers.kine ? "DatastoreUnavailable" : "ControlPlaneCrashing";
  return { status: "False", reason, particulars: `Container ${name}: ${why}` };
}

/** A container that ended for the first time is started again at once; the API server does so when kine is not there yet. */
function endedOnce({ state, restartCount }: ContainerStatus): boolean {
  return state?.terminated !== undefined && restartCount === 0;
}

function judgeFirstEnd(container: ContainerStatus): Observation | undefined {
  const { terminated } = container.state ?? {};
  if (!terminated || !endedOnce(container)) return undefined;
  const particulars = `Container ${container.name} is started again; it ${ending(terminated)}`;
  return { status: "False", reason: "ContainersStarting", particulars };
}

function ending({ exitCode, reason, message }: Termination): string {
  const said = lastLine(message);
  return `ended with code ${exitCode ?? "unknown"}${reason && reason !== "Error" ? ` (${reason})` : ""}${said ? `: ${said}` : ""}`;
}
