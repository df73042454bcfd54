import { AppError } from "@inkube/api";
import { z } from "zod";
import { type AccessFilter, createFilter, deleteFilter, filterRoles, listFilters } from "../access/access-filter.ts";
import { mustManageMembers } from "../access/members.ts";
import type { HubContext } from "../context.ts";
import { idempotencyHeaders, idempotencyMark } from "../idempotency/mark.ts";
import type { HubServer } from "../server/server.ts";
import { labelFilter } from "../view/filter.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName, writeQuery } from "./schemas.ts";
import { subjectSchema } from "./subject-schema.ts";

const filterName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

const filterSchema = z
  .object({
    name: filterName,
    selector: z
      .string()
      .min(1)
      .max(1024)
      .describe("Labels of nested clusters: claims, team=claims, !old; case-sensitive."),
    role: z.enum(filterRoles),
    subjects: z.array(subjectSchema).min(1).max(100),
    projects: z.array(pathName).min(1).max(1000).optional().describe("Only in these; absent: in every project."),
  })
  .meta({ id: "AccessFilter" });

/** Rights by labels: a role on those nested clusters that have them. For whoever may change the members of the hub. */
export function filterRoutes(server: HubServer, context: HubContext): void {
  const { client } = context;
  server.route({
    method: "GET",
    url: "/api/v1/filters",
    schema: {
      tags: ["access filters"],
      summary: "List access filters",
      response: { 200: z.object({ items: z.array(filterSchema) }), ...errorAnswers },
    },
    handler: async (request) => {
      await mustManageMembers(context, callerOf(request), "list", undefined);
      return { items: (await listFilters(client)) as z.output<typeof filterSchema>[] };
    },
  });
  server.route({
    method: "POST",
    url: "/api/v1/filters",
    schema: {
      tags: ["access filters"],
      summary: "Give rights by labels",
      description: "Whoever may change a nested cluster may change its labels, and so who else sees it.",
      querystring: writeQuery,
      headers: idempotencyHeaders,
      body: filterSchema,
      response: { 201: filterSchema, 200: filterSchema, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      await mustManageMembers(context, caller, "update", undefined);
      labelFilter(request.body.selector);
      const { dryRun } = request.query;
      const { projects, ...rest } = request.body;
      const wanted: AccessFilter = { ...rest, ...(projects && { projects }) };
      const options = { dryRun, mark: idempotencyMark(caller, request.headers, wanted.name) };
      const { filter, fresh } = await createFilter(client, wanted, options);
      return reply.code(fresh && !dryRun ? 201 : 200).send(filter as z.output<typeof filterSchema>);
    },
  });
  server.route({
    method: "DELETE",
    url: "/api/v1/filters/:name",
    schema: {
      tags: ["access filters"],
      summary: "Delete an access filter",
      params: z.object({ name: filterName }),
      querystring: writeQuery,
      response: { 200: z.object({ deleted: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request) => {
      await mustManageMembers(context, callerOf(request), "update", undefined);
      if (await deleteFilter(client, request.params.name, request.query)) return { deleted: true as const };
      throw new AppError("KUBE_NOT_FOUND", `There is no access filter ${request.params.name}`);
    },
  });
}
