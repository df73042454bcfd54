import { parse } from "yaml";
import type { KubeObject } from "../../types.ts";
import { type ApiContext, findObject, type Target, timestamp, type WriteContext } from "./api-context.ts";
import { ApiFailure, badRequest, conflict, notFound, unsupportedMediaType } from "./api-failure.ts";
import { applyObject } from "./apply/apply.ts";
import { createObject, readObject } from "./create-object.ts";
import { asJsonObject, isJsonObject } from "./json.ts";
import { applyJsonPatch } from "./patch/json-patch.ts";
import { applyMergePatch } from "./patch/merge-patch.ts";
import { applyStrategicMergePatch } from "./patch/strategic-merge-patch.ts";
import type { ServedType } from "./registry.ts";
import { updateObject } from "./update-object.ts";

/** A PATCH as it arrived. */
export interface PatchRequest {
  /** `Content-Type`, without parameters. */
  contentType: string;
  body: string;
  force: boolean;
}

function parseBody(text: string): unknown {
  try {
    return parse(text, { version: "1.1" });
  } catch (cause) {
    throw badRequest(`the patch cannot be parsed: ${String(cause)}`);
  }
}

function patchFunction(type: ServedType, request: PatchRequest): (live: unknown) => unknown {
  const patch = parseBody(request.body);
  switch (request.contentType) {
    case "application/merge-patch+json":
      if (!isJsonObject(patch)) throw badRequest("a merge patch is an object");
      return (live) => applyMergePatch(live, patch);
    case "application/json-patch+json":
      return (live) => applyJsonPatch(live, patch);
    case "application/strategic-merge-patch+json":
      if (type.custom) throw unsupportedMediaType(request.contentType);
      return (live) => applyStrategicMergePatch(type, live, patch);
    default:
      throw unsupportedMediaType(request.contentType);
  }
}

/** Changes an object by a patch of any type; `created` says that an apply made it. */
export function patchObject(
  context: ApiContext,
  target: Target,
  write: WriteContext,
  request: PatchRequest,
): { object: KubeObject; created: boolean } {
  if (request.contentType.startsWith("application/apply-patch")) return apply(context, target, write, request);
  const change = patchFunction(target.type, request);
  const object = updateObject(context, target, write, (live) => change(live) as KubeObject);
  return { object, created: false };
}

/** Members of a subresource write that belong to another endpoint and are not applied there. */
function applicable(type: ServedType, applied: KubeObject, subresource: string): KubeObject {
  const { status, spec: _spec, ...identity } = applied;
  if (subresource === "status") {
    const { labels: _labels, annotations: _annotations, ...bare } = applied.metadata;
    const metadata = type.custom ? bare : applied.metadata;
    return { ...identity, metadata, ...(status === undefined ? {} : { status }) };
  }
  if (type.status && subresource === "") {
    const { status: _status, ...rest } = applied;
    return rest;
  }
  return applied;
}

function apply(
  context: ApiContext,
  target: Target,
  write: WriteContext,
  request: PatchRequest,
): { object: KubeObject; created: boolean } {
  const { type, namespace, name } = target;
  const body = parseBody(request.body);
  if (write.manager === "") {
    const message = "fieldManager: Required value: is required for apply patch";
    throw new ApiFailure(422, "Invalid", `PatchOptions.meta.k8s.io "" is invalid: ${message}`);
  }
  const given = asJsonObject(body);
  if (given.apiVersion === undefined || given.kind === undefined) throw badRequest("apiVersion and kind must be set");
  const applied = readObject(type, namespace, { ...given, metadata: { name, ...asJsonObject(given.metadata) } });
  if (applied.metadata.name !== name) {
    throw badRequest(`the name of the object (${applied.metadata.name}) does not match the name on the URL (${name})`);
  }
  if (applied.metadata.managedFields !== undefined) throw badRequest("metadata.managedFields must be nil");
  const subresource = write.subresource ?? "";
  const time = timestamp(context.clock.now());
  const writer = { name: write.manager, subresource, time, force: request.force };
  const wanted = applicable(type, applied, subresource);
  if (findObject(context, target) === undefined) {
    if (subresource !== "") throw notFound(type, name);
    if (applied.metadata.uid) {
      const why = `uid mismatch: the provided object specified uid ${applied.metadata.uid}, and no existing object was found`;
      throw conflict(type, name, why);
    }
    const object = applyObject(type, undefined, wanted, writer);
    return { object: createObject(context, type, object, { ...write, managed: true }), created: true };
  }
  const object = updateObject(context, target, { ...write, managed: true }, (live) =>
    applyObject(type, live, wanted, writer),
  );
  return { object, created: false };
}
