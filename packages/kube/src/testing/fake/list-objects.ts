import type { KubeObject } from "../../types.ts";
import type { ApiContext } from "./api-context.ts";
import { badRequest, expired } from "./api-failure.ts";
import { type ServedType, typeKey } from "./registry.ts";
import { parseFieldSelector, parseLabelSelector, type Selector } from "./selectors.ts";

/** What a list or watch selects, from its query. */
export function selectorOf(type: ServedType, namespace: string, query: URLSearchParams): Selector {
  const labels = parseLabelSelector(query.get("labelSelector"));
  const fields = parseFieldSelector(query.get("fieldSelector"), type.plural);
  return (object) => (namespace === "" || object.metadata.namespace === namespace) && labels(object) && fields(object);
}

interface Continuation {
  revision: number;
  after: string;
}

function readContinuation(context: ApiContext, token: string): Continuation {
  let continuation: Continuation;
  try {
    continuation = JSON.parse(Buffer.from(token, "base64url").toString()) as Continuation;
  } catch {
    throw badRequest("continue key is not valid");
  }
  if (continuation.revision < context.store.compacted) {
    throw expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.",
    );
  }
  return continuation;
}

/** `resourceVersion` of a request as a number; absent and "" are undefined. A 400 when it is no number. */
export function readRevision(query: URLSearchParams): number | undefined {
  const text = query.get("resourceVersion") ?? "";
  if (text === "") return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`invalid resource version: Invalid value: "${text}": invalid syntax`);
  return Number(text);
}

/** Items of a list of built-in kinds carry no `kind` and `apiVersion` of their own on the wire. */
export function asListItem(type: ServedType, object: KubeObject): KubeObject {
  if (type.custom) return object;
  const { apiVersion: _apiVersion, kind: _kind, ...item } = object;
  return item;
}

/** The list object of a query with `limit`, `continue` and selectors; all pages show the same revision. */
export function listObjects(
  context: ApiContext,
  type: ServedType,
  namespace: string,
  query: URLSearchParams,
): Record<string, unknown> {
  const selects = selectorOf(type, namespace, query);
  const token = query.get("continue") ?? "";
  const limit = Number(query.get("limit") ?? "0");
  const asked = readRevision(query);
  const exact = query.get("resourceVersionMatch") === "Exact" ? asked : undefined;
  if (exact !== undefined && exact < context.store.compacted) {
    throw expired(`The resourceVersion for the provided list is too old: ${exact}`);
  }
  const start =
    token === "" ? { revision: exact ?? context.store.revision, after: "" } : readContinuation(context, token);
  const matching = context.store
    .list(typeKey(type), start.revision)
    .filter(([key, object]) => key > start.after && selects(object));
  const page = limit > 0 ? matching.slice(0, limit) : matching;
  const last = page.at(-1);
  const metadata: Record<string, unknown> = { resourceVersion: String(start.revision) };
  if (page.length < matching.length && last !== undefined) {
    const next: Continuation = { revision: start.revision, after: last[0] };
    metadata.continue = Buffer.from(JSON.stringify(next)).toString("base64url");
    if (!query.get("labelSelector") && !query.get("fieldSelector")) {
      metadata.remainingItemCount = matching.length - page.length;
    }
  }
  return {
    apiVersion: type.group === "" ? type.version : `${type.group}/${type.version}`,
    kind: `${type.kind}List`,
    metadata,
    items: page.map(([, object]) => asListItem(type, object)),
  };
}
