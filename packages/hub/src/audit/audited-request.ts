import { agentPaths, clusterGroups, hostClusters, nestedClusters } from "@inkube/api";
import { clustersPath, parseClusterPath } from "../tunnels/cluster-proxy.ts";
import { isKubeDryRun } from "./dry-run.ts";
import { type KubePath, parseKubePath } from "./kube-path.ts";
import { withoutTokens } from "./without-tokens.ts";

/** What is known of a request before it is answered. */
export interface RequestFacts {
  method: string;
  /** As it was sent, with query. */
  url: string;
  /** Pattern of the route that takes it; absent when there is none. */
  route?: string | undefined;
  params?: unknown;
  /** As the route understood it; what a route of the hub does not know is not in it. */
  query?: unknown;
  /** Only names of objects are taken from it. */
  body?: unknown;
  /** Whether anything follows the head, of whatever form. */
  hasBody?: boolean;
  /** It switches protocols: exec, attach, port-forward. */
  upgrade?: boolean;
  /** What the route itself says; `false`: it is not recorded. */
  declared?: AuditDeclaration | false | undefined;
}

/** For a route whose path does not say it: sign-in by GET, another kind. */
export interface AuditDeclaration {
  action: string;
  kind: string;
}

/** What somebody wants to do, as the audit log has it. */
export interface AuditedAction {
  /** `create`, `update`, `delete`, `action`, or what the route declared. */
  action: string;
  kind: string;
  project?: string;
  name?: string;
  /** Without secrets. */
  path: string;
  /** It certainly changed nothing. */
  dryRun: boolean;
}

const kubernetesRoute = "/kubernetes/*";
const apiPrefix = "/api/v1/";
const prefixes = [apiPrefix, "/kubernetes/", clustersPath, "/auth/", agentPaths.join];

const kindsOfSegments: Readonly<Record<string, string>> = {
  clusters: nestedClusters.kind,
  hosts: hostClusters.kind,
  groups: clusterGroups.kind,
  projects: "Project",
  keys: "APIKey",
  members: "Member",
  filters: "AccessFilter",
  "user-quota": "UserQuota",
  "api-keys": "APIKeyLimit",
  sessions: "Session",
  auth: "Session",
  join: hostClusters.kind,
  setup: "Setup",
};

const kindsOfPlurals = new Map<string, string>(
  [nestedClusters, hostClusters, clusterGroups].map(({ plural, kind }) => [plural, kind]),
);

/**
 * What of a request goes into the audit log; undefined for what only reads. Decided by the route that takes the request, not by
 * its path: the router also takes `/%61pi/v1/keys`. Pure.
 */
export function auditedRequest(facts: RequestFacts): AuditedAction | undefined {
  const { method, url, route, declared, upgrade = false } = facts;
  const mutating = upgrade || ["POST", "PUT", "PATCH", "DELETE"].includes(method);
  const [place = ""] = (route ?? url).split("?");
  const known = mutating && prefixes.some((prefix) => place.startsWith(prefix));
  if (declared === false || (!declared && !known)) return undefined;
  const query = new URLSearchParams(url.split("?")[1] ?? "");
  const path = shownPath(url);
  if (place.startsWith(clustersPath)) return { ...insideOf(facts, query), path };
  if (place === kubernetesRoute) return { ...passedThrough(facts, query), path };
  const dryRun = (facts.query as { dryRun?: unknown } | undefined)?.dryRun === true;
  return { ...resourceOf(facts, query), ...declared, path, dryRun };
}

type Resource = Omit<AuditedAction, "path" | "dryRun">;

function passedThrough(
  { method, url, hasBody = false }: RequestFacts,
  query: URLSearchParams,
): Omit<AuditedAction, "path"> {
  const sent = url.slice(url.indexOf("/", 1));
  const path = parseKubePath(sent);
  return {
    dryRun: isKubeDryRun(method, withoutQuery(sent), query, hasBody),
    action: kubeAction(method, path),
    kind: kindsOfPlurals.get(path?.plural ?? "") ?? path?.plural ?? "Unknown",
    ...(path?.namespace !== undefined && { project: path.namespace }),
    ...(path?.name !== undefined && { name: path.name }),
  };
}

/** The name is that of the nested cluster: what changes inside is told by the path, and its resource by the kind. */
function insideOf(
  { method, url, upgrade = false, hasBody = false }: RequestFacts,
  query: URLSearchParams,
): Omit<AuditedAction, "path"> {
  const target = parseClusterPath(url);
  const path = target && parseKubePath(target.path);
  return {
    dryRun: !upgrade && isKubeDryRun(method, withoutQuery(target?.path ?? ""), query, hasBody),
    action: upgrade ? "action" : kubeAction(method, path),
    kind: path ? `${nestedClusters.kind}/${path.plural}` : nestedClusters.kind,
    ...(target && { project: target.project, name: target.name }),
  };
}

function withoutQuery(path: string): string {
  return path.split("?")[0] ?? "";
}

function kubeAction(method: string, path: KubePath | undefined): string {
  const question = path && (path.subresource !== undefined || /^(authorization|authentication)\./.test(path.group));
  if (method === "POST" && (question || !path)) return "action";
  return plainAction(method);
}

function plainAction(method: string): string {
  return { POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" }[method] ?? "action";
}

/** By the segments of the route: `/projects/:project/clusters/:name`; a word after an object is what is done with it. */
function resourceOf({ method, route, params, body }: RequestFacts, query: URLSearchParams): Resource {
  const values = (params ?? {}) as Record<string, string | undefined>;
  const place = route?.startsWith(apiPrefix) ? route.slice(apiPrefix.length) : (route ?? "");
  const words = place.split("/").filter((word) => word !== "" && !word.startsWith(":"));
  const last = words.at(-1) ?? "";
  const collection = words.findLast((word) => word in kindsOfSegments);
  const kind = kindsOfSegments[collection ?? ""] ?? (last === "" ? "Unknown" : last);
  const isAction = method === "POST" && collection !== undefined && collection !== last;
  const own = kind === "Project" ? values.project : (values.name ?? values.id);
  const name = own ?? nameIn(body) ?? query.get("name") ?? undefined;
  const project = values.project ?? (kind === "Project" ? name : undefined);
  return {
    action: isAction ? "action" : plainAction(method),
    kind,
    ...(project !== undefined && { project }),
    ...(name !== undefined && { name }),
  };
}

function nameIn(body: unknown): string | undefined {
  const { metadata, subject, name } = (body ?? {}) as Record<string, { name?: unknown } | undefined>;
  return [metadata?.name, subject?.name, name].find((value) => typeof value === "string");
}

/** Parameters that hold no secret. `command` of an exec is not among them: people put passwords there. */
const shownParameters = [
  "dryRun",
  "container",
  "fieldManager",
  "force",
  "kind",
  "name",
  "propagationPolicy",
  "role",
  "uid",
];

/** The path, and of the query what cannot be a secret. */
function shownPath(url: string): string {
  const [path = "", query = ""] = url.split("?");
  const shown = new URLSearchParams([...new URLSearchParams(query)].filter(([key]) => shownParameters.includes(key)));
  const clean = path.split("/").map(withoutToken).join("/");
  return shown.size > 0 ? `${clean}?${withoutTokens(String(shown))}` : clean;
}

/** A part of a path may hide a token from `withoutTokens` behind percent signs. */
function withoutToken(part: string): string {
  try {
    const decoded = decodeURIComponent(part);
    const clean = withoutTokens(decoded);
    return clean === decoded ? part : clean;
  } catch {
    return part;
  }
}
