import { type HostCluster, hostClusters, names } from "@inkube/api";
import { type Clock, type Controller, changedObject, createController, type Logger, sourceOf } from "@inkube/kube";
import type { HubContext } from "../context.ts";

/** A host that has been silent for longer is shown as unhealthy, milliseconds. */
const unhealthyAfterMs = 10 * 60_000;
const lookMs = 30_000;

/** Says of hosts what they cannot say themselves: not joined yet, silent; and ends the credentials of hosts that are gone. */
export function createHostController(context: HubContext & { clock: Clock; logger: Logger }): Controller {
  const { view, credentials, clock, logger } = context;
  return createController({
    name: "hosts",
    sources: [sourceOf(view.hosts, (change) => [changedObject(change).metadata.name])],
    reconcile: async (name) => {
      const host = view.hosts.get(name) as HostCluster | undefined;
      if (!host) {
        for (const kind of ["host", "import"] as const) await credentials.removeAll(kind, name);
        return undefined;
      }
      if (name !== names.localHost) await tellPhase(context, host);
      return { after: lookMs };
    },
    clock,
    logger,
  });
}

async function tellPhase({ client, clock }: HubContext, { metadata, status }: HostCluster): Promise<void> {
  const silentMs = status?.heartbeat === undefined ? undefined : clock.now() - Date.parse(status.heartbeat);
  // One that was refused tells why, until it may join.
  const before = status?.phase === "Failed" ? "Failed" : "Importing";
  const phase = silentMs === undefined ? before : silentMs > unhealthyAfterMs ? "Unhealthy" : status?.phase;
  if (phase === undefined || phase === status?.phase) return;
  const patch = { status: { phase } };
  await client.patch(hostClusters, { name: metadata.name }, patch, { type: "merge", subresource: "status" });
}
