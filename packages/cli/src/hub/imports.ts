import { AppError, apiVersion, conditionTypes, getCondition, type HostCluster } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { withDeadline } from "../clusters/deadline.ts";
import type { CommandContext } from "../context.ts";
import { formatDuration } from "../output/duration.ts";
import type { Step } from "../progress/progress.ts";
import type { HubClient } from "./hub-client.ts";

const path = "/api/v1/hosts";

/** The commands by which a cluster joins, and when they stop counting. */
export interface GivenImport {
  command: string;
  alternative?: string;
  /** Where the manifest is. */
  url: string;
  expiresAt: string;
}

/** Makes a host known to the hub. Throws AppError KUBE_ALREADY_EXISTS when there is one of this name. */
export async function addHost(hub: HubClient, name: string, spec: object): Promise<void> {
  await hub.call("POST", path, { apiVersion, kind: "HostCluster", metadata: { name }, spec });
}

export async function readHost(hub: HubClient, name: string): Promise<HostCluster> {
  return (await hub.call<KubeObject>("GET", `${path}/${encodeURIComponent(name)}`)) as unknown as HostCluster;
}

/** Changes what is said of a host that is there; nothing when nothing is. */
export async function changeSpec(hub: HubClient, name: string, spec: object): Promise<void> {
  if (Object.keys(spec).length > 0) await hub.call("PATCH", `${path}/${encodeURIComponent(name)}`, { spec });
}

/** A new command for a host; the one before stops counting. */
export function newImport(hub: HubClient, name: string, proxy: object): Promise<GivenImport> {
  return hub.call<GivenImport>("POST", `${path}/${encodeURIComponent(name)}/import`, proxy);
}

export function hasJoined({ status }: HostCluster): boolean {
  return status?.phase === "Running" && status.heartbeat !== undefined;
}

/** Why a host could not join, in the hub's words. */
export function problemOf({ metadata, status }: HostCluster): string {
  const ready = getCondition(status?.conditions, conditionTypes.ready);
  return ready?.status === "False" ? ready.message : `${metadata.name} could not join`;
}

const lookMs = 1000;

/** Waits until the host's agent has joined. Throws AppError TIMEOUT. */
export async function waitJoined(
  name: string,
  timeoutMs: number,
  context: CommandContext,
  show: (step: Step) => void = (step) => context.progress.show([step]),
): Promise<void> {
  const { clock, signal } = context;
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
        const host = await readHost(hub, name);
        const state = hasJoined(host) ? "done" : "working";
        show({ name: `Join ${name}`, state, detail: host.status?.phase ?? "Importing" });
        if (state === "done") return;
        if (host.status?.phase === "Failed") throw new AppError("HOST_UNSUITABLE", problemOf(host), { todo });
        await clock.sleep(lookMs, stop);
      }
    },
  );
}
