import { AppError, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import { blockingCondition } from "../clusters/condition-steps.ts";
import { withDeadline } from "../clusters/deadline.ts";
import { followObject } from "../clusters/follow-object.ts";
import { asNestedCluster, clusterNotFound, displayName } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { formatDuration } from "../output/duration.ts";
import { toAppError } from "../present-error.ts";
import type { Step, StepState } from "../progress/progress.ts";

interface DeleteFlags {
  wait: boolean;
  timeout: number;
  yes: boolean;
  "dry-run": boolean;
}
type Ref = { namespace: string; name: string };
type ShowStep = (ref: Ref, state: StepState, detail?: string) => void;
type DeleteContext = Pick<CommandContext, "clock" | "signal"> & { show: ShowStep };

interface Failure {
  ref: Ref;
  error: unknown;
}

/**
 * Deletes the clusters at the same time, each as if it were the only one, and prints those where nothing went wrong.
 * Throws what went wrong with the others: the class of the first in the order they were named, the words of all.
 */
export async function deleteClusters(
  clusterNames: readonly string[],
  flags: DeleteFlags,
  context: CommandContext,
): Promise<void> {
  const refs = [...new Set(clusterNames)].map((name) => ({ namespace: context.globals.project, name }));
  const dryRun = flags["dry-run"];
  if (!flags.yes && !dryRun && !(await confirmed(refs, context)))
    throw new AppError("INTERRUPTED", "Nothing was deleted");
  const host = await context.host();
  const show = stepsOf(refs, context);
  const answers = await Promise.all(refs.map((ref) => deleteCluster(host, ref, flags, { ...context, show })));
  context.progress.end();
  const failures = answers.filter((answer) => answer !== undefined);
  const failed = new Set(failures.map(({ ref }) => ref));
  for (const ref of refs) if (!failed.has(ref)) context.io.stdout.write(line(ref, flags, context));
  if (failures.length > 0) throw together(failures);
}

/** Undefined when all went well; never throws. */
async function deleteCluster(
  host: Client,
  ref: Ref,
  flags: DeleteFlags,
  context: DeleteContext,
): Promise<Failure | undefined> {
  let accepted = false;
  try {
    const { wait, "dry-run": dryRun } = flags;
    accepted = await host.delete(nestedClusters, ref, { propagation: "Background", dryRun, signal: context.signal });
    if (!accepted) throw clusterNotFound(ref);
    if (wait && !dryRun) await waitGone(host, ref, flags.timeout, context);
    return undefined;
  } catch (error) {
    if (accepted) context.show(ref, "failed");
    return { ref, error };
  }
}

/** Shows how each of them is doing, in their order; one that was never waited for is left out. */
function stepsOf(refs: readonly Ref[], { progress }: CommandContext): ShowStep {
  const steps = new Map<Ref, Step>();
  return (ref, state, detail = "") => {
    steps.set(ref, { name: `Delete ${displayName(ref)}`, state, detail });
    progress.show(refs.flatMap((each) => steps.get(each) ?? []));
  };
}

function together(failures: readonly Failure[]): unknown {
  if (failures.length === 1) return failures[0]?.error;
  const errors = failures.map(({ ref, error }) => ({ ref, error: toAppError(error) }));
  const details = errors.map(({ ref, error: { code, message } }) => ({ ...ref, code, message }));
  const { code = "INTERNAL", todo = "" } = errors[0]?.error ?? {};
  return new AppError(code, details.map(({ message }) => message).join("\n"), { todo, details });
}

async function confirmed(refs: readonly Ref[], { io, signal }: CommandContext): Promise<boolean> {
  if (!io.interactive) return true;
  const list = refs.map(displayName).join(", ");
  return io.confirm(`Delete ${list} with all workloads and data?`, signal);
}

async function waitGone(host: Client, ref: Ref, timeoutMs: number, context: DeleteContext): Promise<void> {
  let why = "";
  const name = displayName(ref);
  const todo = `See what holds it with inkube describe ${ref.name} -n ${ref.namespace}.`;
  await withDeadline(
    {
      ms: timeoutMs,
      clock: context.clock,
      signal: context.signal,
      expired: () => new AppError("TIMEOUT", `${name} is not gone after ${formatDuration(timeoutMs)}${why}`, { todo }),
      interrupted: () => new AppError("INTERRUPTED", `Stopped waiting; ${name} is still being deleted`, { todo }),
    },
    async (signal) => {
      let uid: string | undefined;
      for await (const object of followObject(host, nestedClusters, ref, { clock: context.clock, signal })) {
        uid ??= object?.metadata.uid;
        // Somebody may already have made another one of the same name.
        if (!object || object.metadata.uid !== uid || !object.metadata.deletionTimestamp) break;
        const condition = blockingCondition(asNestedCluster(object));
        why = condition ? `: ${condition.message}` : "";
        context.show(ref, "working", condition?.message);
      }
      context.show(ref, "done");
    },
  );
}

function line(ref: Ref, { wait, "dry-run": dryRun }: DeleteFlags, { globals }: CommandContext): string {
  if (globals.output === "name") return `nestedcluster.inkube.dev/${ref.name}\n`;
  const outcome = dryRun ? { dryRun } : { deleted: wait };
  if (globals.output === "json") return `${JSON.stringify({ ...ref, ...outcome })}\n`;
  if (dryRun) return `${displayName(ref)} could be deleted (dry run)\n`;
  return wait ? `${displayName(ref)} is deleted\n` : `${displayName(ref)} is being deleted\n`;
}
