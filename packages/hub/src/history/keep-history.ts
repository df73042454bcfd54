import type { Clock, Logger } from "@inkube/kube";
import type { Store } from "../store/index.ts";
import type { FleetView } from "../view/fleet-view.ts";
import { keepEvents } from "./keep-events.ts";
import { keepUsage } from "./keep-usage.ts";
import { pruneDaily } from "./prune-daily.ts";

const dayMs = 24 * 60 * 60_000;

/** How long events are kept, the newest thousand of each object. */
export const eventsKeptMs = 30 * dayMs;
/** How long the hourly sums of usage are kept. */
export const usageKeptMs = 90 * dayMs;

/** Writes events and usage into the history and removes what is old, until the signal is aborted. Never rejects. */
export async function keepHistory(options: {
  view: FleetView;
  store: Pick<Store, "events" | "usage">;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}): Promise<void> {
  const { events, usage } = options.store;
  await Promise.all([
    keepEvents({ ...options, events, keptMs: eventsKeptMs }),
    keepUsage({ ...options, usage }),
    pruneDaily({ ...options, what: "events", log: events, keptMs: eventsKeptMs }),
    pruneDaily({ ...options, what: "usage", log: usage, keptMs: usageKeptMs }),
  ]);
}
