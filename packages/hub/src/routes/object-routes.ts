import { AppError, fieldManagers } from "@inkube/api";
import { apiVersionOf, type KubeObject, type ResourceType, type WatchCache } from "@inkube/kube";
import { z } from "zod";
import { rememberVisible } from "../access/remembered-visible.ts";
import { everything, type Visible } from "../access/visible.ts";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { createOnce } from "../idempotency/create-once.ts";
import { idempotencyHeaders, idempotencyMark } from "../idempotency/mark.ts";
import type { HubServer } from "../server/server.ts";
import type { Filter } from "../view/filter.ts";
import type { LiveList } from "../view/live-list.ts";
import { createLiveLists } from "../view/live-lists.ts";
import { type Page, pageOf } from "../view/page.ts";
import { createPagePrinter } from "../view/page-text.ts";
import type { SortKey } from "../view/place.ts";
import { createSeenLists, type SeenLists } from "../view/seen-lists.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { listAnswer, listQuery, mergePatch, type ObjectKind, objectSchema, pathName, writeQuery } from "./schemas.ts";

/** A kind of object and how it is served. */
export interface ObjectRoutes<Q extends z.ZodRawShape> {
  type: ResourceType & { kind: ObjectKind };
  tag: string;
  /** Where all that the caller may see are listed. */
  listPath: string;
  /** Where one is created, and below it got, changed and deleted; with `:project` for kinds that live in one. */
  path: string;
  cache: WatchCache;
  visible(principal: Principal): Promise<Visible>;
  /** More ways to narrow a list. */
  query: Q;
  filter(query: Record<string, string | undefined>): Filter;
  /** All that may fit such a query, where that is found sooner than by looking at every object. */
  candidates?(query: Record<string, string | undefined>): Iterable<KubeObject>;
  sorts: Readonly<Record<string, SortKey>>;
}

/** Lists from memory; everything else goes to the Kubernetes API as the caller, which alone judges it. */
export function registerObjectRoutes<Q extends z.ZodRawShape>(
  server: HubServer,
  context: HubContext,
  routes: ObjectRoutes<Q>,
): void {
  registerList(server, context, routes);
  registerReads(server, context, routes);
  registerWrites(server, context, routes);
}

function registerList<Q extends z.ZodRawShape>(
  server: HubServer,
  { access, view, clock }: HubContext,
  routes: ObjectRoutes<Q>,
): void {
  const sorts = Object.keys(routes.sorts) as [string, ...string[]];
  const querystring = listQuery.extend({ ...routes.query, sort: z.enum(sorts).default(sorts[0]) });
  const lists = createLiveLists(routes.cache);
  const print = createPagePrinter();
  const seenOf = createSeenLists();
  const visibleTo = rememberVisible({ access, projects: view.projects, clock }, routes.visible);
  server.route({
    method: "GET",
    url: routes.listPath,
    schema: {
      tags: [routes.tag],
      summary: `List ${routes.tag}`,
      querystring,
      response: { 200: listAnswer(objectSchema(routes.type.kind, "output")), ...errorAnswers },
    },
    serializerCompiler: () => (page) => print(page as Page),
    handler: async (request) => {
      const { limit, order, continue: after, name, ...wanted } = request.query as z.output<typeof listQuery>;
      const { sort, ...narrowed } = wanted as Record<string, string | undefined> & { sort: string };
      const isVisible = await visibleTo(callerOf(request));
      const list = lists.get(JSON.stringify(Object.entries(wanted).sort()), () => ({
        candidates: routes.candidates?.(narrowed) ?? routes.cache.list(),
        fits: routes.filter(narrowed),
        sortKey: routes.sorts[sort] ?? (() => ""),
      }));
      return pageOf(shownOf(list, { name, isVisible, seenOf }), list.sortKey, { limit, order, continue: after });
    },
  });
}

function shownOf(
  list: LiveList,
  { name, isVisible, seenOf }: { name: string | undefined; isVisible: Visible; seenOf: SeenLists },
): readonly KubeObject[] {
  // Names are searched in what is kept: hardly anybody searches for the same again.
  if (name !== undefined) return list.named(name).filter(isVisible);
  return isVisible === everything ? list.objects : seenOf(list, isVisible);
}

function paramsOf(path: string) {
  return path.includes(":project") ? z.object({ project: pathName, name: pathName }) : z.object({ name: pathName });
}

function registerReads<Q extends z.ZodRawShape>(
  server: HubServer,
  { clients }: HubContext,
  routes: ObjectRoutes<Q>,
): void {
  const { type, tag, path } = routes;
  server.route({
    method: "GET",
    url: `${path}/:name`,
    schema: {
      tags: [tag],
      summary: `Get one of ${tag}`,
      params: paramsOf(path),
      response: { 200: objectSchema(type.kind, "output"), ...errorAnswers },
    },
    handler: async (request) => {
      const ref = refOf(request.params);
      return (await clients.clientFor(callerOf(request)).get(type, ref)) ?? throwMissing(type, ref.name);
    },
  });
}

function registerWrites<Q extends z.ZodRawShape>(
  server: HubServer,
  { clients }: HubContext,
  routes: ObjectRoutes<Q>,
): void {
  const { type, tag, path } = routes;
  const one = { ...errorAnswers, 200: objectSchema(type.kind, "output") };
  const params = paramsOf(path);
  server.route({
    method: "POST",
    url: path,
    schema: {
      tags: [tag],
      summary: `Create one of ${tag}`,
      ...(path.includes(":project") && { params: z.object({ project: pathName }) }),
      querystring: writeQuery,
      headers: idempotencyHeaders,
      body: objectSchema(type.kind, "input"),
      response: { ...one, 201: objectSchema(type.kind, "output") },
    },
    handler: async (request, reply) => {
      const { project } = (request.params ?? {}) as { project?: string };
      const caller = callerOf(request);
      const object = bodyObject(type, request.body as Record<string, unknown>, project);
      const { dryRun } = request.query as { dryRun: boolean };
      const options = { dryRun, mark: idempotencyMark(caller, request.headers, object.metadata.name) };
      const created = await createOnce(clients.clientFor(caller), type, object, options);
      return reply.code(created.fresh && !dryRun ? 201 : 200).send(created.object);
    },
  });
  server.route({
    method: "PATCH",
    url: `${path}/:name`,
    schema: {
      tags: [tag],
      summary: `Change one of ${tag}`,
      params,
      querystring: writeQuery,
      body: mergePatch,
      response: one,
    },
    handler: (request) => {
      const { dryRun } = request.query as { dryRun: boolean };
      const options = { type: "merge" as const, fieldManager: fieldManagers.hub, dryRun };
      const patch = patchOf(type, request.body as Record<string, unknown>);
      return clients.clientFor(callerOf(request)).patch(type, refOf(request.params), patch, options);
    },
  });
  server.route({
    method: "DELETE",
    url: `${path}/:name`,
    schema: {
      tags: [tag],
      summary: `Delete one of ${tag}`,
      params,
      querystring: writeQuery.extend({
        uid: z.string().max(64).optional().describe("Delete only this incarnation."),
      }),
      response: { 202: z.object({ accepted: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request, reply) => {
      const ref = refOf(request.params);
      const { uid, dryRun } = request.query as { uid?: string; dryRun: boolean };
      const options = { dryRun, ...(uid !== undefined && { uid }) };
      const deleted = await clients.clientFor(callerOf(request)).delete(type, ref, options);
      if (!deleted) throwMissing(type, ref.name);
      return reply.code(202).send({ accepted: true });
    },
  });
}

function refOf(params: unknown): { name: string; namespace?: string } {
  const { name, project } = params as { name: string; project?: string };
  return { name, ...(project !== undefined && { namespace: project }) };
}

function throwMissing(type: ResourceType, name: string): never {
  throw new AppError("KUBE_NOT_FOUND", `There is no ${type.kind} ${name}`, { todo: "Check the name and the project." });
}

/** Without what says which kind of object it is: the API server calls another one a fault of its own. Throws AppError. */
function patchOf(type: ResourceType, { apiVersion, kind, ...patch }: Record<string, unknown>): Record<string, unknown> {
  const wrong = [
    ...(apiVersion === undefined || apiVersion === apiVersionOf(type) ? [] : ["apiVersion"]),
    ...(kind === undefined || kind === type.kind ? [] : ["kind"]),
  ];
  const fields = wrong.map((field) => ({ field, message: "cannot be changed" }));
  if (wrong.length === 0) return patch;
  throw new AppError("SPEC_INVALID", `${wrong.join(" and ")}: cannot be changed`, { details: fields });
}

/** The object of a body, in its project; what only the API server may set is left out. */
function bodyObject(type: ResourceType, body: Record<string, unknown>, project: string | undefined): KubeObject {
  const given = body.metadata;
  if (typeof given !== "object" || given === null || typeof (given as { name?: unknown }).name !== "string") {
    const fields = [{ field: "metadata.name", message: "is required" }];
    throw new AppError("SPEC_INVALID", "metadata.name: is required", {
      todo: "Give the object a name.",
      details: fields,
    });
  }
  const { name, labels, annotations: notes } = given as KubeObject["metadata"];
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: {
      name,
      ...(project !== undefined && { namespace: project }),
      ...(labels && { labels }),
      ...(notes && { annotations: notes }),
    },
    ...(body.spec !== undefined && { spec: body.spec }),
  };
}
