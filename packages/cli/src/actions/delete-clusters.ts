import { AppError, nestedClusters } from "@inkube/api";
import type { Client } from "@inkube/kube";
import { blockingCondition } from "../clusters/condition-steps.ts";
import { withDeadline } from "../clusters/deadline.ts";
import { followObject } from "../clusters/follow-object.ts";
import { asNestedCluster, clusterNotFound, displayName } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { formatDuration } from "../output/duration.ts";

interface DeleteFlags {
  wait: boolean;
  timeout: number;
  yes: boolean;
}
type Ref = { namespace: string; name: string };

/** Deletes the clusters; all that exist are asked to go before the first missing one is reported. */
export async function deleteClusters(
  clusterNames: readonly string[],
  flags: DeleteFlags,
  context: CommandContext,
): Promise<void> {
  const refs = [...new Set(clusterNames)].map((name) => ({ namespace: context.globals.project, name }));
  if (!flags.yes && !(await confirmed(refs, context))) throw new AppError("INTERRUPTED", "Nothing was deleted");
  const host = await context.host();
  const answers = await Promise.all(
    refs.map(async (ref) => ({
      ref,
      existed: await host.delete(nestedClusters, ref, { propagation: "Background", signal: context.signal }),
    })),
  );
  const going = answers.filter(({ existed }) => existed).map(({ ref }) => ref);
  try {
    for (const ref of flags.wait ? going : []) await waitGone(host, ref, flags.timeout, context);
  } finally {
    context.progress.end();
  }
  for (const ref of going) context.io.stdout.write(line(ref, flags.wait, context));
  const missing = answers.find(({ existed }) => !existed);
  if (missing) throw clusterNotFound(missing.ref);
}

async function confirmed(refs: readonly Ref[], { io, signal }: CommandContext): Promise<boolean> {
  if (!io.interactive) return true;
  const list = refs.map(displayName).join(", ");
  return io.confirm(`Delete ${list} with all workloads and data?`, signal);
}

async function waitGone(host: Client, ref: Ref, timeoutMs: number, context: CommandContext): Promise<void> {
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
        if (!object || object.metadata.uid !== uid || !object.metadata.deletionTimestamp) return;
        const condition = blockingCondition(asNestedCluster(object));
        why = condition ? `: ${condition.message}` : "";
        context.progress.show([{ name: `Delete ${name}`, state: "working", detail: condition?.message ?? "" }]);
      }
    },
  );
}

function line(ref: Ref, waited: boolean, { globals }: CommandContext): string {
  if (globals.output === "name") return `nestedcluster.inkube.dev/${ref.name}\n`;
  if (globals.output === "json") return `${JSON.stringify({ ...ref, deleted: waited })}\n`;
  return waited ? `${displayName(ref)} is deleted\n` : `${displayName(ref)} is being deleted\n`;
}
