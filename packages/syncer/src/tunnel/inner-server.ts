import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
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
  return new TlsInnerServer(options);
}

interface Connection<C> {
  context: C;
  /** Aborted by the first request, and when there will be none. */
  firstRequest: AbortController;
}

class TlsInnerServer<C> implements InnerServer<C> {
  readonly #options: InnerServerOptions<C>;
  readonly #idleMs: number;
  readonly #server: Server;
  readonly #connections = new Map<Duplex, Connection<C>>();

  constructor(options: InnerServerOptions<C>) {
    this.#options = options;
    this.#idleMs = options.idleMs ?? 90_000;
    this.#server = createServer({ keepAliveTimeout: this.#idleMs, maxHeaderSize: 64 * 1024 });
    this.#server.on("clientError", (_error, socket) => socket.destroy());
    this.#handleRequests();
  }

  accept(raw: Duplex, context: C): void {
    const socket = new TLSSocket(raw, { isServer: true, secureContext: this.#options.secureContext() });
    const firstRequest = new AbortController();
    this.#connections.set(socket, { context, firstRequest });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      firstRequest.abort();
      this.#connections.delete(socket);
      // What was written in full may still be on its way through the outer connection.
      if (socket.writableFinished && !raw.destroyed) raw.end(() => raw.destroy());
      else raw.destroy();
    });
    raw.once("close", () => socket.destroy());
    // The server's own limits run only while it listens.
    this.#options.clock.sleep(this.#idleMs, firstRequest.signal).then(
      () => socket.destroy(),
      () => {},
    );
    this.#server.emit("connection", socket);
  }

  close(): void {
    for (const socket of this.#connections.keys()) socket.destroy();
  }

  #handleRequests(): void {
    const { onRequest, onUpgrade } = this.#options;
    this.#server.on("request", (request, response) => {
      const known = this.#inner(request);
      if (known) onRequest(known, response);
      else response.destroy();
    });
    if (!onUpgrade) return;
    this.#server.on("upgrade", (request, socket, head) => {
      const known = this.#inner(request);
      if (known) onUpgrade(known, socket, head);
      else socket.destroy();
    });
  }

  /** Undefined when the connection closed meanwhile. */
  #inner(request: IncomingMessage): InnerRequest<C> | undefined {
    const connection = this.#connections.get(request.socket);
    connection?.firstRequest.abort();
    return connection && { context: connection.context, request };
  }
}
