import { AppError, apiVersion, type HostCluster, type NestedCluster } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { withDeadline } from "../clusters/deadline.ts";
import type { CommandContext } from "../context.ts";
import { printObject, printObjects } from "../hub/print-objects.ts";
import { ageOf, formatDuration } from "../output/duration.ts";
import { structured } from "../output/structured.ts";

const path = "/api/v1/hosts";

function asHost(object: KubeObject): HostCluster {
  return object as unknown as HostCluster;
}

export interface ImportFlags {
  access: string;
  endpoint: string | undefined;
  domain: string | undefined;
  distro: string | undefined;
  "https-proxy": string | undefined;
  "no-proxy": string | undefined;
  "proxy-ca-path": string | undefined;
  "proxy-ca-mount": string | undefined;
  wait: boolean;
  timeout: number;
}

/** Makes the host known to the hub, or changes its access, and prints the command that lets the cluster join. */
export async function importHost(name: string, flags: ImportFlags, context: CommandContext): Promise<void> {
  const hub = await context.hub();
  if (flags.access !== "full" && flags.access !== "read-only") {
    throw new AppError("USAGE", `--access ${flags.access} is not an access mode`, { todo: "Use full or read-only." });
  }
  const endpoint = { ...(flags.endpoint && { type: flags.endpoint }), ...(flags.domain && { domain: flags.domain }) };
  const spec = {
    access: flags.access,
    ...(flags.endpoint && { nesting: true }),
    ...(Object.keys(endpoint).length > 0 && { endpoint }),
    ...(flags.distro && { defaultDistro: flags.distro }),
  };
  await hub
    .call("POST", path, { apiVersion, kind: "HostCluster", metadata: { name }, spec })
    .catch(async (error: unknown) => {
      if (!(error instanceof AppError) || error.code !== "KUBE_ALREADY_EXISTS") throw error;
      await hub.call("PATCH", `${path}/${name}`, { spec });
    });
  const given = await hub.call<{ command: string; alternative?: string; url: string; expiresAt: string }>(
    "POST",
    `${path}/${name}/import`,
    {
      ...(flags["https-proxy"] && { httpsProxy: flags["https-proxy"] }),
      ...(flags["no-proxy"] && { noProxy: flags["no-proxy"] }),
      ...(flags["proxy-ca-path"] && { caHostPath: flags["proxy-ca-path"] }),
      ...(flags["proxy-ca-mount"] && { caMountPath: flags["proxy-ca-mount"] }),
    },
  );
  const { io, globals, progress } = context;
  const text = await structured(given, globals.output);
  if (text !== undefined) io.stdout.write(text);
  else if (globals.output === "name") io.stdout.write(`hostcluster.inkube.dev/${name}\n`);
  else {
    progress.log(`Run this as administrator of the cluster, before ${given.expiresAt}; it works once:`);
    io.stdout.write(`${given.command}\n`);
    if (given.alternative) {
      progress.log("Where the machine does not trust the hub's certificate, this instead:");
      io.stdout.write(`${given.alternative}\n`);
    }
  }
  if (flags.wait) await waitRunning(name, flags.timeout, context);
}

const lookMs = 1000;

/** Waits until the host's agent has joined. Throws AppError TIMEOUT. */
async function waitRunning(name: string, timeoutMs: number, context: CommandContext): Promise<void> {
  const { clock, signal, progress } = context;
  const hub = await context.hub();
  const todo = `See inkube host describe ${name}.`;
  await withDeadline(
    {
      ms: timeoutMs,
      clock,
      signal,
      expired: () => new AppError("TIMEOUT", `${name} has not joined after ${formatDuration(timeoutMs)}`, { todo }),
      interrupted: () => new AppError("INTERRUPTED", `Stopped waiting; ${name} can still join`, { todo }),
    },
    async (stop) => {
      for (;;) {
        const host = asHost(await hub.call<KubeObject>("GET", `${path}/${name}`));
        const joined = host.status?.phase === "Running" && host.status.heartbeat !== undefined;
        progress.show([
          { name: `Join ${name}`, state: joined ? "done" : "working", detail: host.status?.phase ?? "Importing" },
        ]);
        if (joined) return;
        await clock.sleep(lookMs, stop);
      }
    },
  );
}

/** Prints the hosts of the hub. */
export async function listHosts(context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const now = context.clock.now();
  await printObjects(
    await hub.list<KubeObject>(path),
    {
      kind: "HostCluster",
      resource: "hostcluster.inkube.dev",
      header: ["NAME", "PHASE", "ACCESS", "NESTING", "ENDPOINT", "VERSION", "NODES", "HEARTBEAT"],
      none: "There are no hosts",
      row: (object) => {
        const { metadata, spec, status } = asHost(object);
        return [
          metadata.name,
          phaseOf(asHost(object)),
          spec.access,
          spec.unschedulable ? "draining" : spec.nesting ? "on" : "off",
          spec.endpoint.type ?? "-",
          status?.version ?? "-",
          String(status?.nodes ?? "-"),
          status?.heartbeat ? `${ageOf(status.heartbeat, now)} ago` : "never",
        ];
      },
    },
    context,
  );
}

function phaseOf({ metadata, status }: HostCluster): string {
  return metadata.deletionTimestamp ? "Removing" : (status?.phase ?? "Importing");
}

/** Prints one host and the nested clusters on it. */
export async function describeHost(name: string, context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const [object, clusters] = await Promise.all([
    hub.call<KubeObject>("GET", `${path}/${name}`),
    hub.list<KubeObject>("/api/v1/clusters", { host: name }),
  ]);
  const { spec, status } = asHost(object);
  const capacity = (status?.capacity ?? {}) as Record<string, string | number>;
  const lines = [
    `Host        ${name}`,
    `Phase       ${phaseOf(asHost(object))}`,
    `Access      ${spec.access}`,
    `Nesting     ${spec.nesting ? "on" : "off"}${spec.unschedulable ? ", draining" : ""}`,
    `Endpoint    ${spec.endpoint.type ?? "-"}${spec.endpoint.domain ? ` ${spec.endpoint.domain}` : ""}`,
    `Version     ${status?.version ?? "-"} (agent ${status?.agentVersion ?? "-"})`,
    `Nodes       ${status?.nodes ?? "-"}`,
    `Capacity    ${
      Object.entries(capacity)
        .map(([resource, amount]) => `${resource} ${amount}`)
        .join(", ") || "-"
    }`,
    `Heartbeat   ${status?.heartbeat ?? "never"}`,
    `Clusters    ${clusters.length === 0 ? "none" : ""}`,
    ...clusters.map((one) => {
      const cluster = one as unknown as NestedCluster;
      const { cpu, memory } = cluster.spec.size;
      return `  ${cluster.metadata.namespace}/${cluster.metadata.name}  ${cluster.status?.phase ?? "Pending"}  cpu ${cpu}, memory ${memory}`;
    }),
  ];
  await printObject(object, lines, context);
}

/** Stops or starts placement on a host; what is there stays. */
export async function setDraining(name: string, draining: boolean, context: CommandContext): Promise<void> {
  const hub = await context.hub();
  const object = await hub.call<KubeObject>("PATCH", `${path}/${name}`, { spec: { unschedulable: draining } });
  const said = draining ? "takes nothing new; what is there stays" : "takes nested clusters again";
  await printObject(object, [`Host ${name} ${said}`], context);
}

/** Removes a host from the hub: its agent takes itself off the cluster, everything else there stays. */
export async function removeHost(name: string, flags: { yes: boolean }, context: CommandContext): Promise<void> {
  const { io, signal } = context;
  if (!flags.yes && io.interactive && !(await io.confirm(`Remove host ${name} from the hub?`, signal))) {
    throw new AppError("INTERRUPTED", "Nothing was removed");
  }
  const hub = await context.hub();
  await hub.call("DELETE", `${path}/${name}`);
  io.stdout.write(
    context.globals.output === "json"
      ? `${JSON.stringify({ name, removing: true })}\n`
      : `Host ${name} is being removed\n`,
  );
}
