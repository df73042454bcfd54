import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import type { UpgradeResult } from "./client.ts";
import type { Exchange } from "./exchange.ts";
import { connectThroughProxy } from "./proxy.ts";
import { serverName, type TlsOptions } from "./tls-options.ts";

const connectTimeoutMs = 10_000;
/** A refusal is a short Status; more than this is not read. */
const refusalLimit = 64 * 1024;

export interface UpgradeRoute {
  tls: TlsOptions | undefined;
  proxyUrl?: string;
}

/** Makes a connection of its own and asks to switch protocols on it; what arrived with the 101 is still in the socket. */
export async function openUpgrade(origin: string, exchange: Exchange, route: UpgradeRoute): Promise<UpgradeResult> {
  const url = new URL(origin);
  const tunnel = route.proxyUrl ? await connectThroughProxy(route.proxyUrl, url, exchange.signal) : undefined;
  return new Promise((resolve, reject) => {
    const request = startRequest(url, exchange, route, tunnel);
    const timer = setTimeout(
      () => request.destroy(Object.assign(new Error("no answer in time"), { code: "UND_ERR_HEADERS_TIMEOUT" })),
      exchange.headersTimeoutMs || connectTimeoutMs,
    );
    request.on("upgrade", (response, socket, head) => {
      clearTimeout(timer);
      if (head.length > 0) socket.unshift(head);
      (socket as Socket).setTimeout?.(0);
      (socket as Socket).setNoDelay?.(true);
      resolve({ status: response.statusCode ?? 101, headers: flatten(response.headers), socket });
    });
    request.on("response", (response) => {
      clearTimeout(timer);
      collect(response).then((body) => {
        response.destroy();
        resolve({ status: response.statusCode ?? 0, headers: flatten(response.headers), body });
      }, reject);
    });
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(exchange.body);
  });
}

function startRequest(url: URL, exchange: Exchange, route: UpgradeRoute, tunnel: Socket | undefined) {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const common = {
    host,
    port: url.port || (url.protocol === "https:" ? 443 : 80),
    method: exchange.method,
    path: exchange.path,
    headers: { connection: "Upgrade", ...exchange.headers },
    ...(exchange.signal && { signal: exchange.signal }),
  };
  const { tls } = route;
  if (!tunnel)
    return tls ? https.request({ ...common, ...tls, agent: false }) : http.request({ ...common, agent: false });
  // With any agent named, `false` included, Node would pass over createConnection.
  if (!tls) return http.request({ ...common, createConnection: () => tunnel });
  return http.request({
    ...common,
    createConnection: () => tlsConnect({ ...tls, servername: serverName(tls, host), socket: tunnel }),
  });
}

function flatten(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

async function collect(response: http.IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response) {
    text += chunk as string;
    if (text.length > refusalLimit) break;
  }
  return text;
}
