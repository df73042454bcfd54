import type { KubeObject } from "../../types.ts";
import { type ApiContext, findObject, keyOf, type Target, type WriteContext } from "./api-context.ts";
import { badRequest, methodNotAllowed, noSuchResource, notFound } from "./api-failure.ts";
import { createObject, readObject } from "./create-object.ts";
import { type DeletionRequest, deleteObject } from "./delete-object.ts";
import { asJsonObject } from "./json.ts";
import { listObjects, selectorOf } from "./list-objects.ts";
import { applyMergePatch } from "./patch/merge-patch.ts";
import { patchObject } from "./patch-object.ts";
import { typeKey } from "./registry.ts";
import { parseJson, type ResourceRequest, verbOf } from "./resource-request.ts";
import { answerReview } from "./reviews.ts";
import { readScale, writeScale } from "./scale.ts";
import { createSubresource } from "./subresources.ts";
import { updateObject } from "./update-object.ts";

/** An answer: HTTP status and JSON body. */
export interface Answer {
  code: number;
  body: unknown;
}

function writeContext(request: ResourceRequest): WriteContext {
  const { query, subresource, userAgent } = request;
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) throw badRequest(`Unsupported value: dryRun: "${dryRun}"`);
  const asked = query.get("fieldManager") ?? "";
  const applies = request.contentType.startsWith("application/apply-patch");
  const manager = asked !== "" || applies ? asked : (userAgent.split("/")[0] ?? "unknown");
  return { manager, dryRun: dryRun.length > 0, ...(subresource === "" ? {} : { subresource }) };
}

function targetOf(request: ResourceRequest): Target {
  return { type: request.type, namespace: request.namespace, name: request.name };
}

function checkSubresource(request: ResourceRequest): void {
  const { type, subresource } = request;
  if (subresource === "") return;
  const podOnly = ["ephemeralcontainers", "resize"].includes(subresource) && typeKey(type) === "pods.";
  const finalize = subresource === "finalize" && typeKey(type) === "namespaces.";
  if (podOnly || finalize || (subresource === "status" && type.status)) return;
  throw noSuchResource();
}

function get(context: ApiContext, request: ResourceRequest): Answer {
  const target = targetOf(request);
  if (request.subresource === "scale") return { code: 200, body: readScale(context, target) };
  checkSubresource(request);
  const object = findObject(context, target);
  if (object === undefined) throw notFound(request.type, request.name);
  return { code: 200, body: object };
}

function create(context: ApiContext, request: ResourceRequest): Answer {
  const { type, namespace, name, subresource } = request;
  const write = writeContext(request);
  const body = parseJson(request.body);
  if (type.plural.endsWith("reviews")) return { code: 201, body: answerReview(context, type, body) };
  if (subresource !== "") return { code: 201, body: createSubresource(context, targetOf(request), write, body) };
  if (name !== "" || (type.namespaced && namespace === "")) throw methodNotAllowed();
  return { code: 201, body: createObject(context, type, readObject(type, namespace, body), write) };
}

function update(context: ApiContext, request: ResourceRequest): Answer {
  const { type, namespace, name, subresource } = request;
  if (name === "") throw methodNotAllowed();
  const write = { ...writeContext(request), replaces: true };
  if (subresource === "scale") {
    const wanted = parseJson(request.body) as KubeObject;
    return { code: 200, body: writeScale(context, targetOf(request), write, () => wanted) };
  }
  checkSubresource(request);
  const wanted = readObject(type, namespace, parseJson(request.body));
  const body = updateObject(context, targetOf(request), write, () => wanted);
  // Finalizing is how the controller of namespaces says that nothing is left inside.
  const emptied = (asJsonObject(body.spec).finalizers as unknown[] | undefined)?.length === 0;
  if (subresource === "finalize" && emptied && body.metadata.deletionTimestamp && !write.dryRun) {
    context.store.remove(typeKey(type), keyOf(body), body);
  }
  return { code: 200, body };
}

function patch(context: ApiContext, request: ResourceRequest): Answer {
  const { contentType, body, query, subresource } = request;
  const write = writeContext(request);
  if (subresource === "scale" && contentType === "application/merge-patch+json") {
    const scale = writeScale(
      context,
      targetOf(request),
      write,
      (live) => applyMergePatch(live, parseJson(body)) as KubeObject,
    );
    return { code: 200, body: scale };
  }
  checkSubresource(request);
  const force = query.get("force") === "true";
  const { object, created } = patchObject(context, targetOf(request), write, { contentType, body, force });
  return { code: created ? 201 : 200, body: object };
}

function deletionRequest(request: ResourceRequest): DeletionRequest {
  const { query } = request;
  const options = asJsonObject(parseJson(request.body)) as Omit<DeletionRequest, "dryRun"> & { dryRun?: string[] };
  const grace = query.get("gracePeriodSeconds");
  const policy = query.get("propagationPolicy");
  return {
    ...options,
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    dryRun: writeContext(request).dryRun || (options.dryRun ?? []).includes("All"),
  };
}

function remove(context: ApiContext, request: ResourceRequest): Answer {
  const { type, name } = request;
  if (request.subresource !== "") throw methodNotAllowed();
  const { removed, object } = deleteObject(context, targetOf(request), deletionRequest(request));
  if (!removed || typeKey(type) === "pods.") return { code: 200, body: object };
  const details = { name, kind: type.plural, uid: object.metadata.uid, ...(type.group ? { group: type.group } : {}) };
  return { code: 200, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details } };
}

function removeCollection(context: ApiContext, request: ResourceRequest): Answer {
  const { type, namespace, query } = request;
  const body = listObjects(context, type, namespace, query);
  const selects = selectorOf(type, namespace, query);
  for (const [, object] of context.store.list(typeKey(type))) {
    if (!selects(object)) continue;
    const target = { type, namespace: object.metadata.namespace ?? "", name: object.metadata.name };
    deleteObject(context, target, deletionRequest(request));
  }
  return { code: 200, body };
}

/** Carries out a request that is not a watch. Refusals are thrown as ApiFailure. */
export function carryOut(context: ApiContext, request: ResourceRequest): Answer {
  switch (verbOf(request)) {
    case "get":
      return get(context, request);
    case "list":
      return { code: 200, body: listObjects(context, request.type, request.namespace, request.query) };
    case "create":
      return create(context, request);
    case "update":
      return update(context, request);
    case "patch":
    case "apply":
      return patch(context, request);
    case "delete":
      return remove(context, request);
    case "deletecollection":
      return removeCollection(context, request);
    default:
      throw methodNotAllowed();
  }
}
