import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import type { Clock, Logger } from "@inkube/kube";
import type { ClusterRegistry } from "../cluster-view.ts";
import { Acceptor, type TunnelEndpoints } from "./accept.ts";
import { createDial, type Dial } from "./dial.ts";
import { OpenSockets } from "./open-sockets.ts";
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
  const server = createTunnelServer(options);
  const connections = new OpenSockets();
  server.on("secureConnection", (socket) => connections.add(socket));
  const endpoints = options.endpoints(() => context);
  const acceptor = new Acceptor({
    registry: options.registry,
    endpoints,
    logger: options.logger,
    dial: options.dial ?? createDial(options.clock),
    metrics: options.metrics ?? noTunnelMetrics,
    maxConnections: options.maxConnections ?? 1000,
  });
  server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (head.length > 0) socket.unshift(head);
    acceptor.accept(request.url ?? "", callerOf(socket as TLSSocket), socket);
  });
  const address = await listen(server, options);
  return {
    address,
    reload(tls) {
      const next = createSecureContext(serverTls(tls));
      server.setSecureContext(serverTls(tls));
      context = next;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      endpoints.kubelet.close();
      endpoints.admission.close();
      const ended = connections.destroyAll();
      server.closeAllConnections();
      await Promise.all([closed, ended]);
    },
  };
}

/** Lets in only who has a certificate of the internal CA, and refuses all that is not CONNECT. */
function createTunnelServer({ tls, logger }: TunnelOptions): Server {
  const server = createServer({
    ...serverTls(tls),
    requestCert: true,
    rejectUnauthorized: true,
    allowHalfOpen: true,
    noDelay: true,
    handshakeTimeout: 10_000,
    headersTimeout: 10_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
  });
  server.on("tlsClientError", (error: Error) => {
    logger.debug({ reason: error.message }, "Refused a connection to the tunnel");
  });
  server.on("clientError", (_error: Error, socket: Duplex) => socket.destroy());
  server.on("request", (_request, response) => {
    response.writeHead(405, { connection: "close" }).end("only CONNECT is served here\n");
  });
  return server;
}

/** Resolves to the address that was bound. */
async function listen(server: Server, { host, port }: TunnelOptions): Promise<Tunnel["address"]> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const bound = server.address() as AddressInfo;
  return { host: bound.address, port: bound.port };
}

function serverTls(tls: TunnelTls): { cert: string; key: string; ca: string; minVersion: "TLSv1.2" } {
  return { cert: tls.cert, key: tls.key, ca: tls.ca, minVersion: "TLSv1.2" };
}

function callerOf(socket: TLSSocket): string {
  const name = socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined;
  return typeof name === "string" ? name : "";
}
