import { names } from "@inkube/api";
import { type Client, type Clock, type KubeObject, resources, type WatchCache } from "@inkube/kube";
import type { OwnedCaches } from "../../../objects/owned-caches.ts";
import { graceLeft } from "../grace.ts";
import { isForgotten, judgePod } from "../pod-state.ts";
import { lookAgain, type Observation, type Scope } from "../scope.ts";
import { remindScheduler } from "./forgotten-pod.ts";

/** While the pod is starting nothing but its own changes is waited for; this is for what makes no change. */
const stuckLookMs = 5000;

export interface ControlPlaneSources {
  client: Client;
  clock: Clock;
  /** Control plane pods. */
  pods: WatchCache;
  owned: OwnedCaches;
}

/** Says how the control plane's pod is; when there is none, why. What a start always takes is no trouble while it is new. */
export async function observeControlPlane(sources: ControlPlaneSources, scope: Scope): Promise<Observation> {
  const { client, clock, pods, owned } = sources;
  const { hostNamespace: namespace } = scope.identity;
  const pod = pods.get(names.controlPlanePod, namespace);
  const claim = owned.PersistentVolumeClaim.get(names.dataClaim, namespace);
  const parts = pod ? [pod, claim] : [owned.StatefulSet.get(names.controlPlane, namespace)];
  const left = Math.max(...parts.map((part) => graceLeft(part?.metadata.creationTimestamp, clock.now())));
  const fresh = left > 0;
  const isLeft = pod !== undefined && claim !== undefined && !fresh && isForgotten(pod, claim);
  if (isLeft) {
    lookAgain(scope, stuckLookMs);
    return remindScheduler(client, scope, { claim, now: clock.now() });
  }
  const observation = pod ? judgePod(pod, { claim, fresh }) : await whyNoPod(client, scope, { namespace, fresh });
  if (observation.status !== "True") lookAgain(scope, fresh ? Math.min(left, stuckLookMs) : stuckLookMs);
  return observation;
}

interface EventFields {
  reason?: string;
  message?: string;
  lastTimestamp?: string;
}

/** The StatefulSet's controller tells only in events why it cannot make the pod. */
async function whyNoPod(
  client: Client,
  scope: Scope,
  { namespace, fresh }: { namespace: string; fresh: boolean },
): Promise<Observation> {
  const fieldSelector = `involvedObject.kind=StatefulSet,involvedObject.name=${names.controlPlane},reason=FailedCreate`;
  const { items } = await client.list(resources.events, { namespace, fieldSelector, signal: scope.signal });
  const latest = [...(items as (KubeObject & EventFields)[])]
    .sort((a, b) => (a.lastTimestamp ?? "").localeCompare(b.lastTimestamp ?? ""))
    .at(-1);
  const reason = refusalReason(latest?.message ?? "");
  if (latest?.message && (reason !== "ControlPlaneCrashing" || !fresh))
    return { status: "False", reason, particulars: latest.message };
  return { status: "False", reason: "ContainersStarting", particulars: "The pod is not there yet" };
}

function refusalReason(message: string): Observation["reason"] {
  if (/exceeded quota|failed quota/.test(message)) return "QuotaTooSmall";
  if (/violates PodSecurity/.test(message)) return "PodSecurityRefused";
  if (/admission webhook|ValidatingAdmissionPolicy/.test(message)) return "AdmissionRefused";
  return /persistentvolumeclaim/i.test(message) ? "VolumePending" : "ControlPlaneCrashing";
}
