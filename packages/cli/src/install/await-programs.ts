import { AppError, names } from "@inkube/api";
import { type Client, type Clock, type KubeObject, resources } from "@inkube/kube";
import { withDeadline } from "../clusters/deadline.ts";
import { followObject } from "../clusters/follow-object.ts";
import type { Progress, Step } from "../progress/progress.ts";

interface WaitOptions {
  timeoutMs: number;
  clock: Clock;
  signal: AbortSignal;
  progress: Progress;
}

/** Waits until these Deployments run in their current version. Throws AppError TIMEOUT or INTERRUPTED. */
export async function awaitPrograms(host: Client, programs: readonly string[], options: WaitOptions): Promise<void> {
  const steps = new Map<string, Step>();
  const report = (step: Step) => {
    steps.set(step.name, step);
    options.progress.show([...steps.values()]);
  };
  try {
    await Promise.all(programs.map((name) => awaitDeployment(host, name, report, options)));
  } finally {
    options.progress.end();
  }
}

async function awaitDeployment(host: Client, name: string, report: (step: Step) => void, options: WaitOptions) {
  const { clock, timeoutMs } = options;
  const ref = { namespace: names.systemNamespace, name };
  const todo = `See kubectl -n ${ref.namespace} describe deployment ${name}, and run inkube up again.`;
  await withDeadline(
    {
      ms: timeoutMs,
      clock,
      signal: options.signal,
      expired: () => new AppError("TIMEOUT", `${name} does not become ready`, { todo }),
      interrupted: () => new AppError("INTERRUPTED", "Stopped waiting", { todo: "Go on with inkube up." }),
    },
    async (signal) => {
      for await (const deployment of followObject(host, resources.deployments, ref, { clock, signal })) {
        const done = deployment !== undefined && isRolledOut(deployment);
        report({ name, state: done ? "done" : "working", detail: "" });
        if (done) return;
      }
    },
  );
}

/** True when the current specification runs on every replica and nothing older is left. */
export function isRolledOut(deployment: KubeObject): boolean {
  const replicas = ((deployment.spec ?? {}) as { replicas?: number }).replicas ?? 1;
  const status = (deployment.status ?? {}) as Record<string, number | undefined>;
  const observed = (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0);
  return (
    observed &&
    status.updatedReplicas === replicas &&
    status.availableReplicas === replicas &&
    status.replicas === replicas
  );
}
