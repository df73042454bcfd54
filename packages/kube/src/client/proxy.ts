import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { serverName, type TlsOptions } from "./tls-options.ts";

const connectTimeoutMs = 10_000;

/** A connection to the target's host and port, made by a proxy that takes CONNECT. Messages name the proxy without its password. */
export function connectThroughProxy(proxyUrl: string, target: URL, signal?: AbortSignal): Promise<Socket> {
  const proxy = new URL(proxyUrl);
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  const authority = `${target.hostname}:${port}`;
  const userInfo = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  const authorization = proxy.username && `Basic ${Buffer.from(userInfo).toString("base64")}`;
  const client = proxy.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const request = client.request({
      host: proxy.hostname,
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...(authorization && { "proxy-authorization": authorization }) },
      agent: false,
      timeout: connectTimeoutMs,
      ...(signal && { signal }),
    });
    request.on("connect", (response, socket) => {
      if (response.statusCode === 200) resolve(socket as Socket);
      else reject(new Error(`the proxy ${proxy.host} answered ${response.statusCode}`));
    });
    request.on("timeout", () => request.destroy(new Error(`the proxy ${proxy.host} did not answer in time`)));
    request.on("error", reject);
    request.end();
  });
}

type Connected = (...result: [null, Socket] | [Error, null]) => void;

/** How a pool gets its connections when there is a proxy on the way. */
export function proxyConnector(proxyUrl: string, target: URL, tls: TlsOptions | undefined) {
  return (_options: unknown, connected: Connected): void => {
    connectThroughProxy(proxyUrl, target).then(
      (tunnel) => {
        if (!tls) {
          connected(null, tunnel);
          return;
        }
        const fail = (error: Error) => connected(error, null);
        const socket = tlsConnect({ ...tls, servername: serverName(tls, target.hostname), socket: tunnel });
        socket.once("error", fail);
        socket.once("secureConnect", () => {
          socket.off("error", fail);
          connected(null, socket);
        });
      },
      (error: Error) => connected(error, null),
    );
  };
}
