import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import type { Clock, KubeObject, Logger } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import { createInnerServer, type InnerServer } from "../tunnel/inner-server.ts";
import type { HostKubelet } from "./host-kubelet.ts";
import { hostPodOnNode } from "./host-pod.ts";
import { streamLogs } from "./logs.ts";
import { nestedMetrics } from "./metrics-text.ts";
import { podList } from "./pod-list.ts";
import { Refusal, refusalOfError } from "./refusal.ts";
import { type KubeletRoute, parseRoute } from "./route.ts";
import { joinStream } from "./streams.ts";
import { nestedSummary } from "./summary.ts";

/** One node as one nested cluster sees it. */
export interface KubeletContext {
  view: ClusterView;
  node: KubeObject;
}

export interface KubeletServerOptions {
  secureContext: () => SecureContext;
  hostKubelet: HostKubelet;
  clock: Clock;
  logger: Logger;
}

/**
 * The kubelet's API for nested API servers: logs, exec, attach and port-forward of the cluster's own pods, by way of the host's
 * API; pods, statistics and metrics of the node, reduced to the cluster's own. Everything not on that list is 403, a pod that is
 * not the cluster's or not on the node is 404, and no answer names anything of the host.
 */
export function createKubeletServer(options: KubeletServerOptions): InnerServer<KubeletContext> {
  const answer = async (context: KubeletContext, route: KubeletRoute, response: ServerResponse): Promise<void> => {
    const { view, node } = context;
    if (route.kind === "healthz") return sendText(response, 200, "ok");
    if (route.kind === "pods") return sendJson(response, podList(view, node, route.runningOnly));
    if (route.kind === "logs") {
      return await streamLogs(view.host, hostPodOnNode(view, node, route.ref), route.query, response);
    }
    if (route.kind === "stream") throw new Refusal(400, "a request to upgrade the connection is needed here");
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const name = node.metadata.name;
    if (route.kind === "metrics") {
      const text = await options.hostKubelet(name, route.path, gone.signal);
      return sendText(response, 200, nestedMetrics(text, view.podsOnNode(name)), "text/plain; version=0.0.4");
    }
    const summary = JSON.parse(await options.hostKubelet(name, "/stats/summary", gone.signal)) as Record<
      string,
      unknown
    >;
    sendJson(response, nestedSummary(summary, view.podsOnNode(name)));
  };

  const report = (context: KubeletContext, target: string, error: unknown): Refusal => {
    const refusal = refusalOfError(error);
    if (refusal.status === 500) {
      const { hostNamespace } = context.view.identity;
      options.logger.warn(
        { cluster: hostNamespace, path: pathOf(target), err: error },
        "Could not handle a kubelet request",
      );
    }
    return refusal;
  };

  return createInnerServer<KubeletContext>({
    secureContext: options.secureContext,
    clock: options.clock,
    onRequest({ context, request }, response) {
      request.resume();
      const target = request.url ?? "";
      const route = parseRoute(request.method ?? "", target);
      const handled = route ? answer(context, route, response) : Promise.reject(notServed(target));
      handled.catch((error: unknown) => {
        if (response.destroyed) return;
        const refusal = report(context, target, error);
        if (response.headersSent) response.destroy();
        else sendText(response, refusal.status, refusal.message);
      });
    },
    onUpgrade({ context, request }, socket, head) {
      socket.on("error", () => socket.destroy());
      const target = request.url ?? "";
      const route = parseRoute(request.method ?? "", target);
      const join = async (): Promise<void> => {
        if (route?.kind !== "stream") throw notServed(target);
        const names = hostPodOnNode(context.view, context.node, route.ref);
        const { method = "GET", headers } = request;
        await joinStream(
          context.view.host,
          names,
          { kind: route.stream, method, headers, query: route.query },
          socket,
          head,
        );
      };
      join().catch((error: unknown) => {
        if (!socket.destroyed) refuseUpgrade(socket, report(context, target, error));
      });
    },
  });
}

function notServed(target: string): Refusal {
  return new Refusal(403, `${pathOf(target)} of the kubelet is not served in a nested cluster`);
}

/** Without the query: it may hold a command line with secrets. */
function pathOf(target: string): string {
  return (target.split("?")[0] ?? "").replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
}

function sendText(response: ServerResponse, status: number, text: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type, "x-content-type-options": "nosniff" }).end(text);
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = refusal.message;
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}
