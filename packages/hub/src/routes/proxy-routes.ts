import type { Readable } from "node:stream";
import { AppError } from "@inkube/api";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { passedBack } from "../tunnels/answer-of-host.ts";
import { clustersPath, parseClusterPath, passedOn, proxyTarget } from "../tunnels/cluster-proxy.ts";
import { callerOf } from "./route-context.ts";

/** The API of every nested cluster, for kubectl and all that speak with a Kubernetes API; through the tunnel of its host. */
export function proxyRoutes(server: HubServer, context: HubContext): void {
  const { credentials } = context;
  server.route({
    method: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    url: `${clustersPath}*`,
    schema: { hide: true },
    // Streams have no end that could be waited for, and uploads may be large.
    bodyLimit: Number.MAX_SAFE_INTEGER,
    handler: async (request, reply) => {
      const target = parseClusterPath(request.url);
      if (!target) throw new AppError("KUBE_NOT_FOUND", "There is nothing at this address");
      const caller = callerOf(request);
      // Taken before anything is waited for, so that no end of it is missed.
      const life = credentials.lifeOf(caller.credential);
      const gone = new AbortController();
      reply.raw.on("close", () => {
        gone.abort();
        life.release();
      });
      const { tunnel, headers } = await proxyTarget(context, caller, target);
      const answer = await tunnel.request({
        method: request.method,
        path: target.path,
        headers: { ...passedOn(request.headers), ...headers },
        ...(request.body ? { body: request.body as Readable } : {}),
        signal: AbortSignal.any([gone.signal, life.signal]),
      });
      life.signal.addEventListener("abort", () => reply.raw.destroy(), { once: true });
      return reply.headers(passedBack(answer.headers)).code(answer.status).send(answer.body);
    },
  });
}
