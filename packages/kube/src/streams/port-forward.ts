import { Duplex } from "node:stream";
import type { Client } from "../client/client.ts";
import { KubeError } from "../client/kube-error.ts";
import { resourcePath, resources } from "../resources.ts";
import { openWebSocket, type WebSocketConnection } from "./web-socket.ts";

/** The binary protocol that API servers hand through to the node. */
const protocol = "v4.channel.k8s.io";
const channels = { data: 0, error: 1 } as const;

export interface PortForwardOptions {
  namespace: string;
  name: string;
  /** The port in the pod. */
  port: number;
  signal?: AbortSignal;
}

/**
 * One TCP connection to a port of a pod. The protocol cannot tell the other side that only writing has ended, so the end of
 * the writable side is told by `destroy`. A port that nobody listens on shows as an error of the stream.
 */
export async function portForward(client: Client, options: PortForwardOptions): Promise<Duplex> {
  const { namespace, name, port, signal } = options;
  const path = resourcePath(resources.pods, namespace, name, "portforward");
  return new ForwardedPort(await openWebSocket(client, `${path}?ports=${port}`, [protocol], signal), path, signal);
}

class ForwardedPort extends Duplex {
  readonly #connection: WebSocketConnection;
  readonly #place: string;
  /** Each channel begins with the number of the port, two bytes. */
  readonly #headLeft: Record<number, number> = { [channels.data]: 2, [channels.error]: 2 };
  readonly #offAbort: () => void;

  constructor(connection: WebSocketConnection, place: string, signal: AbortSignal | undefined) {
    super();
    this.#connection = connection;
    this.#place = place;
    const onAbort = () => this.destroy(new KubeError({ code: "aborted", message: `${place}: aborted` }));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#offAbort = () => signal?.removeEventListener("abort", onAbort);
    connection.listen({
      message: (message) => this.#take(message),
      closed: (error) => {
        if (error) this.destroy(error);
        else this.push(null);
      },
    });
    if (signal?.aborted) onAbort();
  }

  override _read(): void {
    this.#connection.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#connection.send(Buffer.concat([Buffer.from([channels.data]), chunk]), done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#offAbort();
    this.#connection.close();
    done(error);
  }

  #take(message: Buffer): void {
    const channel = message[0] ?? -1;
    const head = Math.min(this.#headLeft[channel] ?? 0, message.length - 1);
    this.#headLeft[channel] = (this.#headLeft[channel] ?? 0) - head;
    const data = message.subarray(1 + head);
    if (data.length === 0) return;
    if (channel === channels.error) {
      const said = data.toString("utf8").trim().slice(0, 500);
      this.destroy(new KubeError({ code: "unreachable", message: `${this.#place}: ${said}` }));
    } else if (channel === channels.data && !this.push(data)) {
      this.#connection.pause();
    }
  }
}
