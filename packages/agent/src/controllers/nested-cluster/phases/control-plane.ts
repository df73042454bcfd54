import { names } from "@inkube/api";
import { type Client, type KubeObject, resources, type WatchCache } from "@inkube/kube";
import { judgePod } from "../pod-state.ts";
import { lookAgain, type Observation, type Scope } from "../scope.ts";

/** While the pod is starting nothing but its own changes is waited for; this is for what makes no change. */
const stuckLookMs = 5000;

/** Says how the control plane's pod is; when there is none, why. */
export async function observeControlPlane(client: Client, pods: WatchCache, scope: Scope): Promise<Observation> {
  const { hostNamespace } = scope.identity;
  const pod = pods.get(names.controlPlanePod, hostNamespace);
  const observation =
    pod && !pod.metadata.deletionTimestamp ? judgePod(pod) : await whyNoPod(client, scope, hostNamespace);
  if (observation.status !== "True") lookAgain(scope, stuckLookMs);
  return observation;
}

interface EventFields {
  reason?: string;
  message?: string;
  lastTimestamp?: string;
}

/** The StatefulSet's controller tells only in events why it cannot make the pod. */
async function whyNoPod(client: Client, scope: Scope, namespace: string): Promise<Observation> {
  const fieldSelector = `involvedObject.kind=StatefulSet,involvedObject.name=${names.controlPlane},reason=FailedCreate`;
  const { items } = await client.list(resources.events, { namespace, fieldSelector, signal: scope.signal });
  const latest = [...(items as (KubeObject & EventFields)[])]
    .sort((a, b) => (a.lastTimestamp ?? "").localeCompare(b.lastTimestamp ?? ""))
    .at(-1);
  if (!latest?.message)
    return { status: "False", reason: "ContainersStarting", particulars: "The pod is not there yet" };
  return { status: "False", reason: refusalReason(latest.message), particulars: latest.message };
}

function refusalReason(message: string): Observation["reason"] {
  if (/exceeded quota|failed quota/.test(message)) return "QuotaTooSmall";
  if (/violates PodSecurity/.test(message)) return "PodSecurityRefused";
  if (/admission webhook|ValidatingAdmissionPolicy/.test(message)) return "AdmissionRefused";
  return /persistentvolumeclaim/i.test(message) ? "VolumePending" : "ControlPlaneCrashing";
}
