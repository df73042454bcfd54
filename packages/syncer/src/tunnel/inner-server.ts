import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Clock } from "@inkube/kube";

/** One request that came through the tunnel, with whom and what the connection stands for. */
export interface InnerRequest<C> {
  context: C;
  request: IncomingMessage;
}

export interface InnerServerOptions<C> {
  /** Looked up for every connection, so that a renewed certificate is used at once. */
  secureContext: () => SecureContext;
  clock: Clock;
  onRequest: (inner: InnerRequest<C>, response: ServerResponse) => void;
  /** Without it a request to upgrade is handled as an ordinary one. */
  onUpgrade?: (inner: InnerRequest<C>, socket: Duplex, head: Buffer) => void;
  /** How long a connection may take to its first request, and rest between two. Milliseconds. */
  idleMs?: number;
}

/** An HTTPS server that listens nowhere: connections are handed to it, each with its context. */
export interface InnerServer<C> {
  accept(socket: Duplex, context: C): void;
  close(): void;
}

/** Serves HTTP/1.1 over TLS on connections that the tunnel ends in this process. The caller was authenticated by the tunnel. */
export function createInnerServer<C>(options: InnerServerOptions<C>): InnerServer<C> {
  const contexts = new WeakMap<Duplex, C>();
  const sockets = new Map<Duplex, AbortController>();
  const idleMs = options.idleMs ?? 90_000;
  const server = createServer({ keepAliveTimeout: idleMs, maxHeaderSize: 64 * 1024 });
  server.on("clientError", (_error, socket) => socket.destroy());

  const inner = (request: IncomingMessage): InnerRequest<C> | undefined => {
    sockets.get(request.socket)?.abort();
    const context = contexts.get(request.socket);
    return context === undefined ? undefined : { context, request };
  };
  server.on("request", (request, response) => {
    const known = inner(request);
    if (known) options.onRequest(known, response);
    else response.destroy();
  });
  if (options.onUpgrade) {
    const { onUpgrade } = options;
    server.on("upgrade", (request, socket, head) => {
      const known = inner(request);
      if (known) onUpgrade(known, socket, head);
      else socket.destroy();
    });
  }

  return {
    accept(raw, context) {
      const socket = new TLSSocket(raw, { isServer: true, secureContext: options.secureContext() });
      const firstRequest = new AbortController();
      contexts.set(socket, context);
      sockets.set(socket, firstRequest);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        firstRequest.abort();
        sockets.delete(socket);
        // What was written in full may still be on its way through the outer connection.
        if (socket.writableFinished && !raw.destroyed) raw.end(() => raw.destroy());
        else raw.destroy();
      });
      raw.once("close", () => socket.destroy());
      // The server's own limits run only while it listens.
      options.clock.sleep(idleMs, firstRequest.signal).then(
        () => socket.destroy(),
        () => {},
      );
      server.emit("connection", socket);
    },
    close() {
      for (const socket of sockets.keys()) socket.destroy();
    },
  };
}
