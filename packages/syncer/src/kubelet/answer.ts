import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { KubeObject } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import type { InnerRequest } from "../tunnel/inner-server.ts";
import type { HostKubelet } from "./host-kubelet.ts";
import { hostPodOnNode } from "./host-pod.ts";
import { streamLogs } from "./logs.ts";
import { nestedMetrics } from "./metrics-text.ts";
import { podList } from "./pod-list.ts";
import { Refusal } from "./refusal.ts";
import { type KubeletRoute, parseRoute } from "./route.ts";
import { sendJson, sendText } from "./send.ts";
import { joinStream } from "./streams.ts";
import { nestedSummary } from "./summary.ts";

/** One node as one nested cluster sees it. */
export interface KubeletContext {
  view: ClusterView;
  node: KubeObject;
}

export type KubeletRequest = InnerRequest<KubeletContext>;

/** Answers an ordinary request to the kubelet's API. Throws, a {@link Refusal} among others, when something else is to be answered. */
export async function answerRequest(
  inner: KubeletRequest,
  response: ServerResponse,
  hostKubelet: HostKubelet,
): Promise<void> {
  const { view, node } = inner.context;
  const { name } = node.metadata;
  const route = servedRoute(inner);
  switch (route.kind) {
    case "healthz":
      return sendText(response, 200, "ok");
    case "pods":
      return sendJson(response, podList(view, node, route.runningOnly));
    case "logs":
      return await streamLogs(view.host, hostPodOnNode(view, node, route.ref), route.query, response);
    case "stream":
      throw new Refusal(400, "a request to upgrade the connection is needed here");
    case "metrics": {
      const text = await hostKubelet(name, route.path, untilClosed(response));
      return sendText(response, 200, nestedMetrics(text, view.podsOnNode(name)), "text/plain; version=0.0.4");
    }
    case "summary": {
      const text = await hostKubelet(name, "/stats/summary", untilClosed(response));
      const summary = JSON.parse(text) as Record<string, unknown>;
      return sendJson(response, nestedSummary(summary, view.podsOnNode(name)));
    }
  }
}

/** Joins a request to upgrade (exec, attach, port-forward) to the host's stream. Throws like {@link answerRequest}. */
export async function joinRequest(inner: KubeletRequest, socket: Duplex, head: Buffer): Promise<void> {
  const { view, node } = inner.context;
  const route = servedRoute(inner);
  if (route.kind !== "stream") throw notServed(inner);
  const names = hostPodOnNode(view, node, route.ref);
  const { method = "GET", headers } = inner.request;
  const stream = { kind: route.stream, method, headers, query: route.query };
  await joinStream(view.host, names, stream, socket, head);
}

/** A request's path, fit for logs and answers. Without the query: it may hold a command line with secrets. */
export function targetPath(target: string): string {
  return (target.split("?")[0] ?? "").replace(/[^\x21-\x7e]/g, "?").slice(0, 200);
}

function servedRoute(inner: KubeletRequest): KubeletRoute {
  const { method = "", url = "" } = inner.request;
  const route = parseRoute(method, url);
  if (!route) throw notServed(inner);
  return route;
}

function notServed({ request }: KubeletRequest): Refusal {
  return new Refusal(403, `${targetPath(request.url ?? "")} of the kubelet is not served in a nested cluster`);
}

function untilClosed(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}
