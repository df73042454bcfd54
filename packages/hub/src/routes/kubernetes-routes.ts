import { Readable } from "node:stream";
import { AppError, group, version } from "@inkube/api";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { passedOn } from "../tunnels/cluster-proxy.ts";
import { callerOf } from "./route-context.ts";

const prefix = "/kubernetes";
const name = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?";

/** What of the hub's Kubernetes API callers reach, each as himself: our objects, their events, and what clients ask first. */
const served: readonly { methods: readonly string[]; path: RegExp }[] = [
  { methods: ["GET", "POST", "PUT", "PATCH", "DELETE"], path: new RegExp(`^/apis/${group}/${version}(/|$)`) },
  { methods: ["GET"], path: /^\/(version|api|apis|api\/v1|openapi\/v[23](\/[a-z0-9./]*)?)\/?$/ },
  { methods: ["GET"], path: /^\/apis\/[a-z0-9.]+(\/v[a-z0-9]+)?\/?$/ },
  { methods: ["GET"], path: new RegExp(`^/api/v1/(namespaces(/${name})?|(namespaces/${name}/)?events(/${name})?)$`) },
  { methods: ["POST"], path: /^\/apis\/authorization\.k8s\.io\/v1\/selfsubject(access|rules)reviews$/ },
];

const hopByHop = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "content-length",
]);

/** True when the hub passes this request on. `path` is without query. */
export function isServed(method: string, path: string): boolean {
  return served.some((one) => one.methods.includes(method) && one.path.test(path));
}

/** The same objects by plain kubectl: `kubectl --server https://HUB/kubernetes`. */
export function kubernetesRoutes(server: HubServer, { clients, credentials }: HubContext): void {
  server.route({
    method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    url: `${prefix}/*`,
    schema: { hide: true },
    handler: async (request, reply) => {
      const path = request.url.slice(prefix.length);
      const [bare = ""] = path.split("?");
      if (bare.includes("..") || bare.includes("%") || !isServed(request.method, bare)) {
        throw new AppError("KUBE_FORBIDDEN", "The hub does not pass this on to its Kubernetes API", {
          todo: "Nested clusters, hosts and groups are there; for other objects use a kubeconfig of the cluster itself.",
        });
      }
      mustBeVersion(request.url);
      const caller = callerOf(request);
      const life = credentials.lifeOf(caller.credential);
      const gone = new AbortController();
      reply.raw.on("close", () => {
        gone.abort();
        life.release();
      });
      const signal = AbortSignal.any([gone.signal, life.signal]);
      const { "content-length": _length, "accept-encoding": _encoding, ...headers } = passedOn(request.headers);
      const body = request.body as Readable | undefined;
      const answer = await clients.clientFor(caller).raw({
        method: request.method,
        path,
        headers: headers as Record<string, string>,
        ...(body && { body: readable(request, await readAll(body, signal)) }),
        signal,
      });
      life.signal.addEventListener("abort", () => reply.raw.destroy(), { once: true });
      for (const [key, value] of Object.entries(answer.headers)) if (!hopByHop.has(key)) reply.header(key, value);
      return reply.code(answer.status).send(Readable.from(answer.body));
    },
  });
}

/** The API server calls others a fault of its own. Throws AppError USAGE. */
function mustBeVersion(url: string): void {
  const versions = new URLSearchParams(url.split("?")[1] ?? "").getAll("resourceVersion");
  if (versions.every((version) => /^[0-9]{0,19}$/.test(version))) return;
  throw new AppError("USAGE", "resourceVersion is none", { todo: "Take it from an object or list as it is." });
}

const deleteOptions = z
  .looseObject({
    kind: z.literal("DeleteOptions").optional(),
    apiVersion: z.enum(["v1", "meta.k8s.io/v1", `${group}/${version}`]).optional(),
    dryRun: z.array(z.unknown()).nullish(),
  })
  .nullable();

/**
 * A body, unless it is one that the API server breaks the connection at, or calls a fault of its own: our objects in protobuf, and
 * what says how to delete but is not DeleteOptions. Tells the audit log of a delete that is only checked. Throws AppError USAGE.
 */
function readable(request: FastifyRequest, body: Buffer): Buffer {
  const { method, url, headers } = request;
  if (url.startsWith(`${prefix}/apis/${group}/`) && /protobuf/i.test(headers["content-type"] ?? "")) {
    throw new AppError("USAGE", "These objects have no form in protobuf", { todo: "Send JSON or YAML." });
  }
  if (method !== "DELETE" || body.length === 0) return body;
  try {
    const { success, data } = deleteOptions.safeParse(JSON.parse(body.toString("utf8")));
    if (success) {
      request.auditDryRun = data?.dryRun?.includes("All") ?? false;
      return body;
    }
  } catch {
    // Told below.
  }
  throw new AppError("USAGE", "The body is not DeleteOptions", { todo: "Send DeleteOptions in JSON, or nothing." });
}

const mostBytes = 3 * 1024 * 1024;

async function readAll(body: Readable, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > mostBytes) throw new AppError("TOO_LARGE", "The body is too large");
    chunks.push(chunk);
    signal.throwIfAborted();
  }
  return Buffer.concat(chunks);
}
