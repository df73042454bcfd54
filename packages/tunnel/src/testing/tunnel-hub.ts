import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { type Clock, type Logger, systemClock } from "@inkube/kube";
import { acceptTunnel } from "../hub/accept-tunnel.ts";
import type { Tunnel } from "../hub/tunnel.ts";
import { tunnelWebSocketServer } from "../hub/web-socket-server.ts";
import { heldReplicas } from "../wire/replica-headers.ts";

export interface TunnelHubOptions {
  /** Where tunnels are accepted. Default "/tunnel". */
  path?: string;
  /** Port of 127.0.0.1. Default: any free one. */
  port?: number;
  /** PEM; with it the hub is served by HTTPS. */
  tls?: { cert: string; key: string };
  /** Default: the machine's. */
  clock?: Clock;
  /** Default: none. */
  logger?: Logger;
  maxStreams?: number;
  /** Its name, when it is one replica of several: it then takes one tunnel of an agent that says so. */
  replica?: string;
  /** Decides each handshake; whatever it returns is the answer instead of a tunnel. */
  refuse?: (request: http.IncomingMessage) => { status: number; body?: string } | undefined;
}

/** A real HTTP(S) server on loopback that accepts tunnels. */
export interface TunnelHub {
  /** `ws://` or `wss://`, for `openTunnel`. */
  readonly url: string;
  readonly port: number;
  /** Every tunnel that was ever accepted, in order. */
  readonly tunnels: readonly Tunnel[];
  /** How many handshakes have come, refused ones included. */
  readonly handshakes: number;
  /** The next tunnel that nobody has taken yet; waits for it. */
  nextTunnel(): Promise<Tunnel>;
  /** Breaks all connections; new ones are taken at once. */
  cut(): void;
  /** Breaks all connections and stops listening. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts one; it stops when disposed. */
export async function startTunnelHub(options: TunnelHubOptions = {}): Promise<TunnelHub> {
  const hub = new LoopbackHub(options);
  await hub.listen(options.port ?? 0);
  return hub;
}

class LoopbackHub implements TunnelHub {
  readonly tunnels: Tunnel[] = [];
  readonly #options: TunnelHubOptions;
  readonly #server: http.Server | https.Server;
  readonly #sockets = new Set<Socket>();
  readonly #untaken: Tunnel[] = [];
  readonly #waiting: Array<(tunnel: Tunnel) => void> = [];
  #handshakes = 0;
  #open = 0;

  constructor(options: TunnelHubOptions) {
    this.#options = options;
    this.#server = options.tls ? https.createServer(options.tls) : http.createServer();
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
    const webSockets = tunnelWebSocketServer(options.replica === undefined ? {} : { replica: options.replica });
    this.#server.on("upgrade", (request: http.IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on("error", () => {});
      this.#handshakes += 1;
      const refusal = this.#refusal(request);
      if (refusal) {
        const body = refusal.body ?? "";
        const length = Buffer.byteLength(body);
        socket.end(
          `HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`,
        );
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const { clock = systemClock, logger = silentLogger, maxStreams } = options;
        this.#add(acceptTunnel(webSocket, { clock, logger, ...(maxStreams !== undefined && { maxStreams }) }));
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#options.tls ? "wss" : "ws"}://127.0.0.1:${this.port}${this.#path}`;
  }

  get handshakes(): number {
    return this.#handshakes;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
  }

  nextTunnel(): Promise<Tunnel> {
    const tunnel = this.#untaken.shift();
    if (tunnel) return Promise.resolve(tunnel);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
    await Promise.all(this.tunnels.map((tunnel) => tunnel.closed));
  }

  get #path(): string {
    return this.#options.path ?? "/tunnel";
  }

  #refusal(request: http.IncomingMessage): { status: number; body?: string } | undefined {
    if (new URL(request.url ?? "/", "http://hub").pathname !== this.#path) return { status: 404 };
    const { replica, refuse } = this.#options;
    if (replica && heldReplicas(request).includes(replica) && this.#open > 0) return { status: 409 };
    return refuse?.(request);
  }

  #add(tunnel: Tunnel): void {
    this.#open += 1;
    void tunnel.closed.then(() => {
      this.#open -= 1;
    });
    this.tunnels.push(tunnel);
    const waiting = this.#waiting.shift();
    if (waiting) waiting(tunnel);
    else this.#untaken.push(tunnel);
  }
}

const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};
