import { Readable } from "node:stream";
import { z } from "zod";
import { auditScope } from "../access/audit-scope.ts";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import type { AuditFilter, AuditRecord } from "../store/index.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName } from "./schemas.ts";

const filterQuery = z.object({
  project: pathName.optional().describe("Only what was done in this project."),
  actor: z.string().max(253).optional().describe("Only what this user or host did."),
  action: z.string().max(63).optional().describe("create, update, delete, action, or another one."),
  kind: z.string().max(253).optional().describe("Only what was done to this kind of object."),
  from: z.iso.datetime({ offset: true }).optional().describe("Not before this time."),
  to: z.iso.datetime({ offset: true }).optional().describe("Before this time."),
});

const auditEntry = z
  .object({
    id: z.string(),
    time: z.iso.datetime(),
    actor: z.string(),
    actorType: z.enum(["user", "api-key", "system", "host"]),
    keyId: z.string().nullable().describe("Credential that was used."),
    action: z.string(),
    method: z.string(),
    path: z.string(),
    kind: z.string(),
    project: z.string().nullable(),
    name: z.string().nullable(),
    uid: z.string().nullable(),
    status: z.number().int(),
    message: z.string(),
    requestId: z.string(),
    sourceAddress: z.string(),
    note: z.string().nullable().describe("What the caller sent in x-inkube-note."),
  })
  .meta({ id: "AuditEntry" });

/** Who did what. Members of projects see what was done in theirs, those who may list `audit` everywhere see all. */
export function auditRoutes(server: HubServer, context: HubContext): void {
  const { store, credentials } = context;
  server.route({
    method: "GET",
    url: "/api/v1/audit",
    schema: {
      tags: ["audit"],
      summary: "List the audit log",
      description: "Newest first. A page may hold fewer entries than asked for although there are more.",
      querystring: filterQuery.extend({
        limit: z.coerce.number().int().min(1).max(200).default(50).describe("Entries a page."),
        continue: z.string().max(2048).optional().describe("From the page before."),
      }),
      response: {
        200: z.object({
          items: z.array(auditEntry),
          continue: z.string().optional().describe("Present when there is more."),
        }),
        ...errorAnswers,
      },
    },
    handler: async (request) => {
      const { limit, continue: cursor, project, ...query } = request.query;
      const scope = await auditScope(context, callerOf(request), project);
      const filter = { ...filterOf(query), ...(scope.projects && { projects: scope.projects }) };
      const page = await store.audit.list({ ...filter, limit, ...(cursor !== undefined && { cursor }) });
      const items = page.items.filter(scope.isVisible).map(shown);
      return { items, ...(page.next !== undefined && { continue: page.next }) };
    },
  });
  server.route({
    method: "GET",
    url: "/api/v1/audit.csv",
    schema: {
      tags: ["audit"],
      summary: "Download the audit log",
      description:
        "The same entries as CSV (RFC 4180), streamed; for callers who see some projects only, one after the other.",
      querystring: filterQuery,
      response: { 200: { content: { "text/csv": { schema: z.string() } } }, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { project, ...query } = request.query;
      const caller = callerOf(request);
      const { parts } = await auditScope(context, caller, project);
      const life = credentials.lifeOf(caller.credential);
      reply.raw.on("close", () => life.release());
      life.signal.addEventListener("abort", () => reply.raw.destroy(), { once: true });
      reply.header("content-disposition", 'attachment; filename="audit.csv"').type("text/csv; charset=utf-8");
      const lines: unknown = Readable.from(csvOf(context, filterOf(query), parts));
      // A stream goes out as it is; the type knows only what it says.
      return reply.send(lines as string);
    },
  });
}

function filterOf({ from, to, actor, action, kind }: z.output<typeof filterQuery>): AuditFilter {
  return {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(kind !== undefined && { kind }),
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
  };
}

/** Each part has its own beginning; the header of all but the first is left out. */
async function* csvOf(
  { store }: HubContext,
  filter: AuditFilter,
  parts: readonly { project?: string; since: number }[],
): AsyncGenerator<string> {
  for (const [index, { project, since }] of parts.entries()) {
    const from = Math.max(since, filter.from ?? 0);
    const pieces = store.audit.csv({ ...filter, from, ...(project !== undefined && { projects: [project] }) });
    let isHeader = true;
    for await (const piece of pieces) {
      if (index === 0 || !isHeader) yield piece;
      isHeader = false;
    }
  }
}

function shown({ time, ...record }: AuditRecord): z.output<typeof auditEntry> {
  return { ...record, time: new Date(time).toISOString() };
}
