import http from "node:http";
import https from "node:https";
import { isIP, connect as netConnect, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

export interface Route {
  /** PEM; without it the authorities that Node trusts. */
  ca?: string;
  /** The name that the certificate must be for, instead of the URL's host. */
  tlsServerName?: string;
  /** An HTTP(S) proxy that takes CONNECT; may have a user and password. */
  proxyUrl?: string;
}

/** A connection to the URL's host and port, with TLS for `wss:`. It may still be connecting, except through a proxy. */
export async function connectSocket(url: URL, route: Route, signal: AbortSignal): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "wss:" || url.protocol === "https:";
  const port = Number(url.port) || (secure ? 443 : 80);
  const base = route.proxyUrl
    ? await connectThroughProxy(route.proxyUrl, `${url.hostname}:${port}`, signal)
    : undefined;
  if (!secure) return base ?? netConnect({ host, port });
  // An IP address must not be asked for by name.
  const servername = route.tlsServerName ?? (isIP(host) ? "" : host);
  return tlsConnect({ ...(base ? { socket: base } : { port }), host, servername, ...(route.ca && { ca: route.ca }) });
}

/** Messages name the proxy without its password. */
function connectThroughProxy(proxyUrl: string, authority: string, signal: AbortSignal): Promise<Socket> {
  const proxy = new URL(proxyUrl);
  const userInfo = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  const authorization = proxy.username && `Basic ${Buffer.from(userInfo).toString("base64")}`;
  const secure = proxy.protocol === "https:";
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port || (secure ? 443 : 80),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...(authorization && { "proxy-authorization": authorization }) },
      agent: false,
      signal,
    });
    request.on("connect", (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        reject(new Error(`The proxy ${proxy.host} answered ${response.statusCode}`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    request.on("error", reject);
    request.end();
  });
}
