import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./engine/metrics.ts";

export interface HealthServerOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  metrics: Metrics;
  /** Whether the program does its work, or stands by for who does. */
  ready: () => boolean;
}

export interface HealthServer {
  port: number;
  close(): Promise<void>;
}

/** Serves `/healthz` (the process answers), `/readyz` and `/metrics` (Prometheus text) over plain HTTP. */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0];
    const send = (status: number, body: string) => {
      response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(body);
    };
    if (request.method !== "GET" && request.method !== "HEAD") send(405, "only GET is served here\n");
    else if (path === "/healthz") send(200, "ok\n");
    else if (path === "/readyz") send(options.ready() ? 200 : 503, options.ready() ? "ok\n" : "starting\n");
    else if (path === "/metrics") send(200, options.metrics.text());
    else send(404, "nothing is served here\n");
  });
  await listen(server, options.port, options.host);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
