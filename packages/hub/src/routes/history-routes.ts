import { z } from "zod";
import { historyScope } from "../access/history-scope.ts";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import type { EventRecord, UsageBucket } from "../store/index.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName } from "./schemas.ts";

const pageQuery = z.object({
  project: pathName.optional().describe("Only of nested clusters of this project."),
  cluster: pathName.optional().describe("Only of nested clusters of this name."),
  continue: z.string().max(2048).optional().describe("From the page before."),
});
const more = z.string().optional().describe("Present when there is more.");
const projectName = z.string().nullable().describe("Null, as the cluster, when it is about a host.");

const event = z
  .object({
    uid: z.string(),
    host: z.string().describe("Where it happened; empty for what happened on no host."),
    project: projectName,
    cluster: z.string().nullable(),
    type: z.enum(["Normal", "Warning"]),
    reason: z.string().describe("One word for programs."),
    message: z.string(),
    component: z.string().describe("Who says so."),
    count: z.number().int(),
    firstTime: z.iso.datetime(),
    lastTime: z.iso.datetime(),
  })
  .meta({ id: "Event" });

const usageBucket = z
  .object({
    host: z.string(),
    project: projectName,
    cluster: z.string().nullable(),
    from: z.iso.datetime().describe("The beginning of the hour."),
    cpuCoreSeconds: z.number(),
    memoryByteSeconds: z.number(),
    storageByteSeconds: z.number(),
    podSeconds: z.number(),
    samples: z.number().int().describe("How often was looked."),
  })
  .meta({ id: "UsageBucket" });

/** What happened to nested clusters and hosts, and what they used. Everybody sees the history of what he may see now. */
export function historyRoutes(server: HubServer, context: HubContext): void {
  eventRoute(server, context);
  usageRoute(server, context);
}

function eventRoute(server: HubServer, context: HubContext): void {
  server.route({
    method: "GET",
    url: "/api/v1/events",
    schema: {
      tags: ["history"],
      summary: "List what happened to nested clusters and hosts",
      description:
        "Newest first; the last thousand of each object, for 30 days. A page may hold fewer entries than asked for although there are more.",
      querystring: pageQuery.extend({
        host: pathName.optional().describe("Only of this host, and of nested clusters there."),
        type: z.enum(["Normal", "Warning"]).optional(),
        since: z.iso.datetime({ offset: true }).optional().describe("Not before this time."),
        limit: z.coerce.number().int().min(1).max(500).default(50).describe("Events a page."),
      }),
      response: { 200: z.object({ items: z.array(event), continue: more }), ...errorAnswers },
    },
    handler: async (request) => {
      const { type, since, continue: cursor, ...query } = request.query;
      const { audience, isVisible } = await historyScope(context, callerOf(request));
      const page = await context.store.events.page({
        ...given(query),
        limit: query.limit,
        audience,
        ...given({ severity: type, since: timeOf(since), cursor }),
      });
      const items = page.items.filter((record) => isVisible(record, record.lastTime)).map(shownEvent);
      return { items, ...(page.next !== undefined && { continue: page.next }) };
    },
  });
}

function usageRoute(server: HubServer, context: HubContext): void {
  server.route({
    method: "GET",
    url: "/api/v1/usage",
    schema: {
      tags: ["history"],
      summary: "List what nested clusters used, hour by hour",
      description: [
        "Oldest first, for 90 days. As long as hosts do not measure it is what each nested cluster has been allotted: its size times time.",
        "Members of projects see the hours that began after their project was made. A page may hold fewer entries than asked for although there are more.",
      ].join(" "),
      querystring: pageQuery.extend({
        host: pathName.optional().describe("Only on this host."),
        from: z.iso.datetime({ offset: true }).optional().describe("Hours that begin at this time or later."),
        to: z.iso.datetime({ offset: true }).optional().describe("Hours that begin before this time."),
        limit: z.coerce.number().int().min(1).max(1000).default(100).describe("Hours of nested clusters a page."),
      }),
      response: { 200: z.object({ items: z.array(usageBucket), continue: more }), ...errorAnswers },
    },
    handler: async (request) => {
      const { project, cluster, host, from, to, limit, continue: cursor } = request.query;
      const { audience, isVisible } = await historyScope(context, callerOf(request));
      const page = await context.store.usage.list({
        limit,
        ...narrowed(audience.projects, project),
        ...given({ cluster, host, from: timeOf(from), to: timeOf(to), cursor }),
      });
      const items = page.items.filter((bucket) => isVisible(bucket, bucket.bucketStart)).map(shownUsage);
      return { items, ...(page.next !== undefined && { continue: page.next }) };
    },
  });
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

/** Without the members that were not asked for. */
function given<T extends object>(query: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Of the projects that the caller sees the one that is asked for. */
function narrowed(seen: readonly string[] | undefined, wanted: string | undefined): { projects?: readonly string[] } {
  if (wanted === undefined) return seen ? { projects: seen } : {};
  return { projects: !seen || seen.includes(wanted) ? [wanted] : [] };
}

function shownEvent({ firstTime, lastTime, ...record }: EventRecord): z.output<typeof event> {
  return { ...record, firstTime: new Date(firstTime).toISOString(), lastTime: new Date(lastTime).toISOString() };
}

function shownUsage({ bucketStart, ...bucket }: UsageBucket): z.output<typeof usageBucket> {
  return { ...bucket, from: new Date(bucketStart).toISOString() };
}
