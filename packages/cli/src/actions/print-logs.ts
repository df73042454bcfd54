import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { AppError, containers, type NestedCluster, names } from "@inkube/api";
import { type Client, type KubeObject, resourcePath, resources } from "@inkube/kube";
import { isAbout } from "../clusters/is-about.ts";
import { displayName, mustBeHere, readCluster } from "../clusters/nested-cluster.ts";
import { logParts } from "../commands/logs.ts";
import type { CommandContext } from "../context.ts";
import { linesOf } from "../output/lines.ts";
import { printable } from "../output/printable.ts";

interface LogFlags {
  part?: string | undefined;
  follow: boolean;
  since?: number | undefined;
  tail?: number | undefined;
  previous: boolean;
}

interface LogSource {
  namespace: string;
  pod: string;
  container: string;
  /** Present where the program works for other nested clusters as well. */
  onlyAbout?: NestedCluster;
}

/** Prints the logs of one part, or of the whole control plane with the part's name before each line. */
export async function printLogs(name: string, flags: LogFlags, context: CommandContext): Promise<void> {
  if (flags.part !== undefined && !logParts.some((known) => known === flags.part)) {
    throw new AppError("USAGE", `There is no part ${flags.part}`, { todo: `Use one of ${logParts.join(", ")}.` });
  }
  const host = await context.hostItself();
  const sources = await findSources(host, name, flags.part, context);
  const width = Math.max(...sources.map((source) => source.container.length));
  const prefix = (source: LogSource) =>
    sources.length === 1 ? "" : `${context.colors.cyan(source.container.padEnd(width))} `;
  await Promise.all(
    sources.map(async (source) => {
      for await (const line of readLog(host, source, flags, context.signal)) {
        context.io.stdout.write(`${prefix(source)}${context.io.stdout.isTTY ? printable(line) : line}\n`);
      }
    }),
  );
}

async function findSources(
  host: Client,
  name: string,
  part: string | undefined,
  context: CommandContext,
): Promise<LogSource[]> {
  const ref = { namespace: context.globals.project, name };
  const cluster = await readCluster(host, ref, context.signal);
  mustBeHere(cluster);
  const shared = part === "agent" || (part === "syncer" && cluster.spec.syncer === "shared");
  if (shared) {
    const sources = await programSources(host, part === "agent" ? names.agent : names.syncer, part, context.signal);
    return sources.map((source) => ({ ...source, onlyAbout: cluster }));
  }
  const namespace = cluster.status?.namespace;
  const pod = namespace
    ? await host.get(resources.pods, { namespace, name: names.controlPlanePod }, { signal: context.signal })
    : undefined;
  if (!pod || !namespace) {
    throw new AppError("CP_NOT_READY", `${displayName(ref)} has no control plane pod yet`, {
      todo: `See inkube describe ${name}.`,
    });
  }
  const there = containerNames(pod);
  const wanted = part === undefined ? there.filter((container) => isControlPlane(container)) : [part];
  const missing = wanted.find((container) => !there.includes(container));
  if (missing || wanted.length === 0) {
    throw new AppError("USAGE", `${displayName(ref)} has no part ${missing ?? "of a control plane"}`, {
      todo: `It has ${there.join(", ")}.`,
    });
  }
  return wanted.map((container) => ({ namespace, pod: pod.metadata.name, container }));
}

/** Pods of one of Inkube's own programs: found by the name of its Deployment, newest last. */
async function programSources(
  host: Client,
  deployment: string,
  container: string,
  signal: AbortSignal,
): Promise<LogSource[]> {
  const { items } = await host.list(resources.pods, { namespace: names.systemNamespace, signal });
  const sources = items
    .filter((pod) => pod.metadata.name.startsWith(`${deployment}-`) && containerNames(pod).includes(container))
    .map((pod) => ({ namespace: names.systemNamespace, pod: pod.metadata.name, container }));
  if (sources.length > 0) return sources;
  throw new AppError("CP_NOT_READY", `There is no pod of ${deployment} in ${names.systemNamespace}`, {
    todo: `See kubectl -n ${names.systemNamespace} describe deployment ${deployment}.`,
  });
}

function isControlPlane(container: string): boolean {
  return Object.values(containers).some((known) => known === container);
}

function containerNames(pod: KubeObject): string[] {
  const spec = (pod.spec ?? {}) as Record<string, { name: string }[] | undefined>;
  return [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ name }) => name);
}

async function* readLog(host: Client, source: LogSource, flags: LogFlags, signal: AbortSignal): AsyncGenerator<string> {
  const query = new URLSearchParams({ container: source.container });
  if (flags.follow) query.set("follow", "true");
  if (flags.previous) query.set("previous", "true");
  // What is not about this cluster is left out here, so the server's last lines could be the wrong ones.
  if (flags.tail !== undefined && !(source.onlyAbout && !flags.follow)) query.set("tailLines", String(flags.tail));
  if (flags.since !== undefined) query.set("sinceSeconds", String(Math.max(1, Math.ceil(flags.since / 1000))));
  const path = `${resourcePath(resources.pods, source.namespace, source.pod, "log")}?${query}`;
  const answer = await host.raw({ method: "GET", path, signal });
  if (answer.status === 200) return yield* selected(linesOf(answer.body), source, flags);
  const body = await readText(Readable.from(answer.body));
  throw new AppError("CP_NOT_READY", `No log of ${source.container}: ${statusMessage(body)}`, {
    todo: flags.previous ? "It may not have run before: leave out --previous." : "Wait until the container runs.",
  });
}

/** Lines about this nested cluster; of those the last ones, where the server could not count them. */
async function* selected(lines: AsyncIterable<string>, source: LogSource, flags: LogFlags): AsyncGenerator<string> {
  const { onlyAbout } = source;
  if (!onlyAbout) return yield* lines;
  const last: string[] = [];
  for await (const line of lines) {
    if (!isAbout(line, onlyAbout)) continue;
    if (flags.follow || flags.tail === undefined) {
      yield line;
      continue;
    }
    last.push(line);
    if (last.length > flags.tail) last.shift();
  }
  yield* last;
}

function statusMessage(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
