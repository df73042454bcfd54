import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Clock, Logger } from "@inkube/kube";
import type { ClusterRegistry } from "../cluster-view.ts";
import { createAcceptor, type TunnelEndpoints } from "./accept.ts";
import { createDial, type Dial } from "./dial.ts";
import { noTunnelMetrics, type TunnelMetrics } from "./tunnel-metrics.ts";

/** PEM texts: the serving certificate and its key, and the internal CA that signs the clients' certificates. */
export interface TunnelTls {
  cert: string;
  key: string;
  ca: string;
}

export interface TunnelOptions {
  registry: ClusterRegistry;
  tls: TunnelTls;
  host: string;
  /** 0 takes a free one. */
  port: number;
  logger: Logger;
  clock: Clock;
  /** Makes the servers inside this process that a connection may end at; `secureContext` always answers with the newest certificate. */
  endpoints: (secureContext: () => SecureContext) => TunnelEndpoints;
  dial?: Dial;
  metrics?: TunnelMetrics;
  /** Connections that one nested cluster may hold at the same time. Default 1000. */
  maxConnections?: number;
}

export interface Tunnel {
  address: { host: string; port: number };
  /** Uses a renewed certificate, key and CA for connections from now on. Throws, and keeps the old ones, when they do not fit together. */
  reload(tls: TunnelTls): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Listens for the API servers of nested clusters (HTTP CONNECT over mutual TLS). The client certificate's common name, issued by
 * the internal CA, is the host namespace of the caller's cluster; what it may reach is decided by that cluster's view alone.
 */
export async function startTunnel(options: TunnelOptions): Promise<Tunnel> {
  let context = createSecureContext(serverTls(options.tls));
  const server = createServer({
    ...serverTls(options.tls),
    requestCert: true,
    rejectUnauthorized: true,
    allowHalfOpen: true,
    noDelay: true,
    handshakeTimeout: 10_000,
    headersTimeout: 10_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
  });
  const sockets = new Set<Duplex>();
  server.on("secureConnection", (socket: TLSSocket) => {
    sockets.add(socket);
    socket.setKeepAlive(true, 30_000);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", (error: Error) => {
    options.logger.debug({ reason: error.message }, "Refused a connection to the tunnel");
  });
  server.on("clientError", (_error: Error, socket: Duplex) => socket.destroy());
  server.on("request", (_request, response) => {
    response.writeHead(405, { connection: "close" }).end("only CONNECT is served here\n");
  });
  const endpoints = options.endpoints(() => context);
  const accept = createAcceptor({
    registry: options.registry,
    endpoints,
    logger: options.logger,
    dial: options.dial ?? createDial(options.clock),
    metrics: options.metrics ?? noTunnelMetrics,
    maxConnections: options.maxConnections ?? 1000,
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (head.length > 0) socket.unshift(head);
    accept(request.url ?? "", callerOf(socket as TLSSocket), socket);
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  return {
    address: { host: bound.address, port: bound.port },
    reload(tls) {
      const next = createSecureContext(serverTls(tls));
      server.setSecureContext(serverTls(tls));
      context = next;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      endpoints.kubelet.close();
      endpoints.admission.close();
      const ended = [...sockets].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await Promise.all([closed, ...ended]);
    },
  };
}

function serverTls(tls: TunnelTls): { cert: string; key: string; ca: string; minVersion: "TLSv1.2" } {
  return { cert: tls.cert, key: tls.key, ca: tls.ca, minVersion: "TLSv1.2" };
}

function callerOf(socket: TLSSocket): string {
  const name = socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined;
  return typeof name === "string" ? name : "";
}
