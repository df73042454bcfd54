import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Client } from "@inkube/kube";
import { hostPath } from "./host-pod.ts";
import { type PodNames, refusalOfHost } from "./refusal.ts";

/**
 * Streams a container's log from the host into `response`, as slowly as it is read; ends the host's stream when the reader goes away.
 * Throws a Refusal while nothing was sent; later failures cut the connection, as a kubelet's would.
 */
export async function streamLogs(
  host: Client,
  names: PodNames,
  query: string,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const answer = await host.raw({ method: "GET", path: hostPath(names.host, "log", query), signal: gone.signal });
  const body = Readable.from(answer.body);
  if (answer.status !== 200) throw refusalOfHost(answer.status, await text(body), names);
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  await pipeline(body, response, { signal: gone.signal }).catch(() => response.destroy());
}
