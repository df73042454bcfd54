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

/** What a control plane's pod says about itself, in the words of a condition. Pure. */
export function judgePod(pod: KubeObject): Observation {
  const status = (pod.status ?? {}) as PodStatus;
  const scheduled = status.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") return judgeUnscheduled(scheduled.message ?? "");
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  for (const judge of [judgeImage, judgeCrash]) {
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

function judgeUnscheduled(message: string): Observation {
  const reason = /persistentvolumeclaim|PersistentVolume/i.test(message) ? "VolumePending" : "Unschedulable";
  return { status: "False", reason, particulars: message };
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
  if (!ended && !misconfigured) return undefined;
  const why = ended ? ending(ended) : `${waiting}: ${lastLine(state?.waiting?.message)}`;
  const reason = name === containers.kine ? "DatastoreUnavailable" : "ControlPlaneCrashing";
  return { status: "False", reason, particulars: `Container ${name}: ${why}` };
}

function ending({ exitCode, reason, message }: Termination): string {
  const said = lastLine(message);
  return `ended with code ${exitCode ?? "unknown"}${reason && reason !== "Error" ? ` (${reason})` : ""}${said ? `: ${said}` : ""}`;
}
