import type { CommandContext } from "../context.ts";
import { pagesOf } from "../hub/pages.ts";
import { printRows } from "../hub/print-rows.ts";
import { ageOf } from "../output/duration.ts";

interface HubEvent {
  uid: string;
  host: string;
  project: string | null;
  cluster: string | null;
  type: string;
  reason: string;
  message: string;
  count: number;
  lastTime: string;
}

export interface EventFlags {
  "all-projects": boolean;
  host: string | undefined;
  type: string | undefined;
  since: number | undefined;
  limit: number;
}

/** Prints the newest events that fit and that the person may see. */
export async function listEvents(
  cluster: string | undefined,
  flags: EventFlags,
  context: CommandContext,
): Promise<void> {
  const { host, type } = flags;
  const now = context.clock.now();
  // Of a host everything is meant, its own events are in no project.
  const everywhere = flags["all-projects"] || (host !== undefined && cluster === undefined);
  const project = everywhere ? undefined : context.globals.project;
  const since = flags.since === undefined ? undefined : new Date(now - flags.since).toISOString();
  const query = { cluster, project, host, type, since };
  const items = await pagesOf<HubEvent>(await context.hub(), "/api/v1/events", query, flags.limit);
  await printRows(
    items,
    {
      header: ["AGE", "TYPE", "REASON", "ABOUT", "HOST", "TIMES", "MESSAGE"],
      row: (event) => [
        ageOf(event.lastTime, now),
        event.type,
        event.reason,
        event.cluster === null ? "host" : `${event.project}/${event.cluster}`,
        event.host || "-",
        String(event.count),
        event.message,
      ],
      nameOf: ({ uid }) => `event/${uid}`,
      none: "Nothing of that kind is known to have happened",
    },
    context,
  );
}
