import { badRequest } from "./api-failure.ts";
import type { SeenRequest } from "./faults.ts";
import type { ServedType, TypeRegistry } from "./registry.ts";

/** A request for a resource, taken apart. `namespace` and `name` are "" where the path has none. */
export interface ResourceRequest {
  type: ServedType;
  namespace: string;
  name: string;
  subresource: string;
  method: string;
  query: URLSearchParams;
  /** `Content-Type` without parameters. */
  contentType: string;
  userAgent: string;
  body: string;
}

const pathPattern =
  /^\/(?:api|apis\/(?<group>[^/]+))\/(?<version>[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<rest>.+)$/;

interface ParsedPath {
  type: ServedType;
  namespace: string;
  name: string;
  subresource: string;
}

/** The resource that a path names, or undefined when it is not served. */
export function parsePath(registry: TypeRegistry, path: string): ParsedPath | undefined {
  const groups = pathPattern.exec(path)?.groups;
  if (groups === undefined) return undefined;
  const { group = "", version = "", namespace = "", rest = "" } = groups;
  const [plural = "", name = "", ...subresource] = rest.split("/").map(decodeURIComponent);
  const type = registry.find(group, version, plural);
  // `/namespaces/<name>/status` looks like a namespaced resource; it is one only when such a kind is served.
  if (
    namespace !== "" &&
    group === "" &&
    (type === undefined || !type.namespaced) &&
    ["status", "finalize"].includes(plural)
  ) {
    const namespaces = registry.find("", version, "namespaces");
    return namespaces && { type: namespaces, namespace: "", name: decodeURIComponent(namespace), subresource: plural };
  }
  if (type === undefined || (namespace !== "" && !type.namespaced)) return undefined;
  return { type, namespace: decodeURIComponent(namespace), name, subresource: subresource.join("/") };
}

/** The verb as audit logs name it; server-side apply is told apart from other patches. */
export function verbOf(request: ResourceRequest): string {
  const { method, name, query } = request;
  switch (method) {
    case "GET":
      if (name !== "") return "get";
      return ["true", "1"].includes(query.get("watch") ?? "") ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return request.contentType.startsWith("application/apply-patch") ? "apply" : "patch";
    case "DELETE":
      return name === "" ? "deletecollection" : "delete";
    default:
      return method.toLowerCase();
  }
}

export function seen(path: string, method: string, request: ResourceRequest | undefined): SeenRequest {
  const nothing = { verb: "", plural: "", namespace: "", name: "", subresource: "" };
  if (request === undefined) return { method, path, ...nothing };
  const { type, namespace, name, subresource } = request;
  return { method, path, verb: verbOf(request), plural: type.plural, namespace, name, subresource };
}

/** The JSON of a request body; a 400 when it is none. Empty is undefined. */
export function parseJson(body: string): unknown {
  if (body === "") return undefined;
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw badRequest(`the body of the request is not valid JSON: ${String(cause)}`);
  }
}
