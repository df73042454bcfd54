import { AppError, type HostCluster } from "@inkube/api";
import type { Tunnel } from "@inkube/tunnel";
import type { HubContext } from "../context.ts";
import { retryDetails } from "../server/retry-after.ts";

/** A request waits so long for a tunnel that is being opened, milliseconds. */
const waitMs = 2_500;
/** An agent that was heard of since is connected to some replica; heartbeats are written every 15 to 20 s, milliseconds. */
const heardOfMs = 45_000;
const againSeconds = 2;

/**
 * The tunnel from this replica to a host. Where its agent is there but not connected here, because it or this replica has just
 * started, it is waited for. Throws AppError KUBE_UNREACHABLE, which says whether trying again soon can help.
 */
export async function tunnelTo(
  { tunnels, view, clock }: Pick<HubContext, "tunnels" | "view" | "clock">,
  host: string,
): Promise<Tunnel> {
  const heartbeat = (view.hosts.get(host) as HostCluster | undefined)?.status?.heartbeat;
  const isHeardOf = heartbeat !== undefined && clock.now() - Date.parse(heartbeat) < heardOfMs;
  const tunnel = tunnels.get(host) ?? (isHeardOf ? await tunnels.soon(host, waitMs) : undefined);
  if (tunnel) return tunnel;
  if (isHeardOf) {
    throw new AppError("KUBE_UNREACHABLE", `Host ${host} is not connected to this replica of the hub yet`, {
      todo: "Its agent is connecting: try again in a few seconds.",
      details: retryDetails(againSeconds),
    });
  }
  throw new AppError("KUBE_UNREACHABLE", `Host ${host} is not connected to the hub`, {
    todo: `See inkube host describe ${host}. Nested clusters on it go on meanwhile.`,
  });
}
