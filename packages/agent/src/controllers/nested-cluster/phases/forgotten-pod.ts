import { annotations, fieldManagers } from "@inkube/api";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { Observation, Scope } from "../scope.ts";

/** A scheduler that was asked is given so long to look. */
const askAgainMs = 30_000;

/**
 * Asks the host's scheduler to look again at a pod that it holds back for a claim that is bound by now, by a change of the claim.
 * The scheduler looks when a claim is bound, at times before its own copy of claims has heard of it, and then again only
 * after minutes (its flag --pod-max-in-unschedulable-pods-duration).
 */
export async function remindScheduler(
  client: Client,
  scope: Scope,
  { claim, now }: { claim: KubeObject; now: number },
): Promise<Observation> {
  const { name, namespace = "" } = claim.metadata;
  const asked = Date.parse(claim.metadata.annotations?.[annotations.schedulerAsked] ?? "");
  if (!(now - asked < askAgainMs)) {
    const metadata = { annotations: { [annotations.schedulerAsked]: new Date(now).toISOString() } };
    const options = { type: "merge" as const, fieldManager: fieldManagers.agent, signal: scope.signal };
    await client.patch(resources.persistentvolumeclaims, { name, namespace }, { metadata }, options);
    scope.logger.warn(
      { cluster: scope.key },
      "The claim is bound and the pod has no node: asked the scheduler to look again",
    );
  }
  return { status: "False", reason: "SchedulingDelayed" };
}
