import { AppError } from "@inkube/api";
import { z } from "zod";
import { listMembers, type Member, mustManageMembers, removeMember, setMember } from "../access/members.ts";
import type { HubContext } from "../context.ts";
import { roleDefinitions } from "../install/roles.ts";
import type { HubServer } from "../server/server.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName, writeQuery } from "./schemas.ts";
import { subjectSchema } from "./subject-schema.ts";

const member = z
  .object({
    subject: z.object({ kind: z.enum(["User", "Group"]), name: z.string() }),
    role: z.string(),
    managed: z.boolean().describe("False: bound in Kubernetes by hand; the hub does not change it."),
  })
  .meta({ id: "Member" });

const roleNames = (scope: "project" | "hub") =>
  roleDefinitions.filter((role) => role.scope === scope).map(({ name }) => name);

/** Who has which role in a project, and in the whole hub. */
export function memberRoutes(server: HubServer, context: HubContext): void {
  registerMembers(server, context, "/api/v1/projects/:project/members", "project");
  registerMembers(server, context, "/api/v1/members", "hub");
}

function registerMembers(server: HubServer, context: HubContext, url: string, scope: "project" | "hub"): void {
  const where = scope === "project" ? "of a project" : "of the hub";
  const common = {
    tags: ["members"],
    ...(scope === "project" && { params: z.object({ project: pathName }) }),
  };
  const projectOf = (params: unknown): string | undefined => (params as { project?: string } | null)?.project;
  server.route({
    method: "GET",
    url,
    schema: {
      ...common,
      summary: `List members ${where}`,
      response: { 200: z.object({ items: z.array(member) }), ...errorAnswers },
    },
    handler: async (request): Promise<{ items: Member[] }> => {
      const project = projectOf(request.params);
      await mustManageMembers(context, callerOf(request), "list", project);
      return { items: await listMembers(context, project) };
    },
  });
  server.route({
    method: "PUT",
    url,
    schema: {
      ...common,
      summary: `Give a user or group a role ${where}`,
      description: "The role replaces the one that the hub gave before.",
      querystring: writeQuery,
      body: z.object({ subject: subjectSchema, role: z.string().max(253).describe(roleNames(scope).join(", ")) }),
      response: { 200: member, ...errorAnswers },
    },
    handler: async (request): Promise<Member> => {
      const project = projectOf(request.params);
      await mustManageMembers(context, callerOf(request), "update", project);
      const { subject, role } = request.body;
      return setMember(context, project, subject, role, request.query.dryRun);
    },
  });
  server.route({
    method: "DELETE",
    url,
    schema: {
      ...common,
      summary: `Take the role of a user or group ${where}`,
      querystring: writeQuery.extend({ kind: z.enum(["User", "Group"]), name: z.string().min(1).max(253) }),
      response: { 200: z.object({ deleted: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request) => {
      const project = projectOf(request.params);
      await mustManageMembers(context, callerOf(request), "update", project);
      const { dryRun, ...subject } = request.query;
      if (await removeMember(context, project, subject, { dryRun })) return { deleted: true as const };
      throw new AppError("KUBE_NOT_FOUND", `The hub gave ${subject.name} no role there`, {
        todo: "Bindings that were made in Kubernetes by hand are removed there.",
      });
    },
  });
}
