import { AppError, type NestedCluster, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { formatDuration } from "../output/duration.ts";
import { blockingCondition, conditionSteps, isReady } from "./condition-steps.ts";
import { withDeadline } from "./deadline.ts";
import { followObject } from "./follow-object.ts";
import { asNestedCluster, clusterNotFound, displayName } from "./nested-cluster.ts";

type WaitContext = Pick<CommandContext, "clock" | "signal" | "progress">;
type Ref = { namespace: string; name: string };

/**
 * Waits until the cluster is Ready, showing its conditions meanwhile.
 * Throws AppError TIMEOUT or INTERRUPTED, both of which leave the cluster alone, CP_NOT_READY when the agent gave up,
 * KUBE_NOT_FOUND when somebody deleted it.
 */
export async function waitReady(
  host: Client,
  ref: Ref,
  timeoutMs: number,
  context: WaitContext,
): Promise<NestedCluster> {
  let last: NestedCluster | undefined;
  try {
    return await withDeadline(
      {
        ms: timeoutMs,
        clock: context.clock,
        signal: context.signal,
        expired: () => notReadyInTime(ref, timeoutMs, last),
        interrupted: () => stillGoing(ref),
      },
      async (signal) => {
        for await (const object of followObject(host, nestedClusters, ref, { clock: context.clock, signal })) {
          if (!object) throw clusterNotFound(ref);
          last = asNestedCluster(object);
          context.progress.show(conditionSteps(last));
          if (isReady(last)) return last;
          if (last.status?.phase === "Failed") throw gaveUp(ref, last);
        }
        throw new AppError("INTERNAL", "The watch ended by itself");
      },
    );
  } finally {
    context.progress.end();
  }
}

function notReadyInTime(ref: Ref, timeoutMs: number, cluster: NestedCluster | undefined): AppError {
  const because = cluster ? explanation(cluster) : "the host does not answer";
  const message = `${displayName(ref)} is not ready after ${formatDuration(timeoutMs)}: ${because}`;
  return new AppError("TIMEOUT", message, {
    todo: `It is still being made; see inkube describe ${ref.name}${project(ref)}.`,
  });
}

function stillGoing(ref: Ref): AppError {
  return new AppError("INTERRUPTED", `Stopped waiting; ${displayName(ref)} is still being made`, {
    todo: `See how it goes with inkube describe ${ref.name}${project(ref)}, or remove it with inkube delete ${ref.name}${project(ref)}.`,
  });
}

function gaveUp(ref: Ref, cluster: NestedCluster): AppError {
  return new AppError("CP_NOT_READY", `${displayName(ref)} cannot be made: ${explanation(cluster)}`, {
    todo: `Change it, or remove it with inkube delete ${ref.name}${project(ref)}.`,
  });
}

function explanation(cluster: NestedCluster): string {
  const condition = blockingCondition(cluster);
  return condition ? `${condition.reason}: ${condition.message}` : "no agent has looked at it yet";
}

function project(ref: Ref): string {
  return ref.namespace === "default" ? "" : ` -n ${ref.namespace}`;
}
