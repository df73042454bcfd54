import { AppError, annotations, group, labels, managedBy } from "@inkube/api";
import { isKubeError, type KubeObject, resources } from "@inkube/kube";
import { z } from "zod";
import { visibleProjects } from "../access/visible.ts";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { createOnce } from "../idempotency/create-once.ts";
import { idempotencyHeaders, idempotencyMark } from "../idempotency/mark.ts";
import { projectsResource } from "../install/roles.ts";
import type { HubServer } from "../server/server.ts";
import { nameFilter, objectFilter } from "../view/filter.ts";
import { pageOf } from "../view/page.ts";
import { type SortKey, sortedBy } from "../view/place.ts";
import { deleteProject } from "./delete-project.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { listAnswer, listQuery, pathName, switchedOn, writeQuery } from "./schemas.ts";

const project = z
  .object({
    name: z.string(),
    description: z.string(),
    labels: z.record(z.string(), z.string()),
    createdAt: z.string().optional(),
    clusters: z.number().int().describe("Nested clusters in the project."),
    deleting: z.boolean(),
  })
  .meta({ id: "Project" });

const projectName = z
  .string()
  .max(40)
  .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, "start with a letter, then lower-case letters, digits and dashes")
  .refine(
    (name) => !/^(kube|inkube)-/.test(name),
    "names that begin with kube- or inkube- are kept for Kubernetes and Inkube",
  );

const byName: SortKey = ({ metadata }) => metadata.name;

/** Projects: namespaces of the hub that hold nested clusters and say who may do what with them. */
export function projectRoutes(server: HubServer, context: HubContext): void {
  const { view, access, client } = context;
  const shown = ({ metadata }: KubeObject): z.output<typeof project> => ({
    name: metadata.name,
    description: metadata.annotations?.[annotations.description] ?? "",
    labels: Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => isOwnLabel(key))),
    ...(metadata.creationTimestamp && { createdAt: metadata.creationTimestamp }),
    clusters: view.clusters.byIndex("project", metadata.name).length,
    deleting: metadata.deletionTimestamp !== undefined,
  });

  server.route({
    method: "GET",
    url: "/api/v1/projects",
    schema: {
      tags: ["projects"],
      summary: "List projects",
      querystring: listQuery,
      response: { 200: listAnswer(project), ...errorAnswers },
    },
    handler: async (request) => {
      const isVisible = await visibleProjects(access, view, callerOf(request));
      const wanted = [nameFilter(request.query.name), objectFilter(request.query), isVisible];
      const fitting = [...view.projects.list()].filter((object) => wanted.every((isWanted) => isWanted(object)));
      const page = pageOf(sortedBy(byName, fitting), byName, request.query);
      return { ...page, items: page.items.map(shown) };
    },
  });
  server.route({
    method: "POST",
    url: "/api/v1/projects",
    schema: {
      tags: ["projects"],
      summary: "Create a project",
      querystring: writeQuery,
      headers: idempotencyHeaders,
      body: z.object({
        name: projectName,
        description: z.string().max(1024).default(""),
        labels: z.record(z.string().max(317), z.string().max(63)).default({}),
      }),
      response: { 201: project, 200: project, ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { name, description, labels: given } = request.body;
      const caller = callerOf(request);
      await mustBeAllowed(context, caller, "create");
      const object = projectNamespace(name, description, given);
      const { dryRun } = request.query;
      const options = { dryRun, mark: idempotencyMark(caller, request.headers, name) };
      const created = await createOnce(client, resources.namespaces, object, options).catch((error: unknown) => {
        if (!isKubeError(error, "alreadyExists")) throw error;
        throw new AppError("KUBE_ALREADY_EXISTS", `There is already a project or namespace ${name}`, {
          todo: "Choose another name.",
        });
      });
      return reply.code(created.fresh && !dryRun ? 201 : 200).send(shown(created.object));
    },
  });
  server.route({
    method: "DELETE",
    url: "/api/v1/projects/:project",
    schema: {
      tags: ["projects"],
      summary: "Delete a project",
      params: z.object({ project: pathName }),
      querystring: writeQuery.extend({
        force: switchedOn.describe(
          "Delete its nested clusters first, with all workloads and data. Nothing goes when one may not.",
        ),
      }),
      response: { 202: z.object({ accepted: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request, reply) => {
      const { project: name } = request.params;
      const caller = callerOf(request);
      await mustBeAllowed(context, caller, "delete", name);
      if (!view.projects.get(name)) throw new AppError("KUBE_NOT_FOUND", `There is no project ${name}`);
      await deleteProject(context, caller, name, request.query);
      return reply.code(202).send({ accepted: true });
    },
  });
}

async function mustBeAllowed({ access }: HubContext, caller: Principal, verb: string, name?: string): Promise<void> {
  const right = { verb, group, resource: projectsResource, ...(name !== undefined && { name }) };
  if (await access.may(caller, right)) return;
  throw new AppError("KUBE_FORBIDDEN", `You may not ${verb} projects`, { todo: "Ask an administrator of the hub." });
}

function projectNamespace(name: string, description: string, given: Record<string, string>): KubeObject {
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => isOwnLabel(key)));
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: { ...own, [labels.isProject]: "true", [labels.managedBy]: managedBy.hub },
      ...(description !== "" && { annotations: { [annotations.description]: description } }),
    },
  };
}

/** Labels that people gave; those of Kubernetes and Inkube decide over Pod Security and what is a project. */
function isOwnLabel(key: string): boolean {
  return !/(^|\.)(kubernetes\.io|k8s\.io|inkube\.dev)\//.test(key);
}
