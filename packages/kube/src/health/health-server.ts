import { createServer, type Server } from "node:http";

export interface HealthServerOptions {
  port: number;
  ready: () => boolean;
  metrics: () => string;
}

/** Serves /healthz, /readyz and /metrics over plain HTTP; nothing in them is secret. Resolves when it listens. */
export function startHealthServer({ port, ready, metrics }: HealthServerOptions): Promise<Server> {
  const routes: Record<string, () => { status: number; body: string }> = {
    "/healthz": () => ({ status: 200, body: "ok" }),
    "/readyz": () => (ready() ? { status: 200, body: "ok" } : { status: 503, body: "caches are not complete" }),
    "/metrics": () => ({ status: 200, body: metrics() }),
  };
  const server = createServer((request, response) => {
    const answer = routes[request.url ?? ""]?.() ?? { status: 404, body: "not found" };
    response.writeHead(answer.status, { "content-type": "text/plain; charset=utf-8" }).end(answer.body);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => resolve(server));
  });
}
