import { Readable, Writable } from "node:stream";
import type { Client } from "../client/client.ts";
import { KubeError } from "../client/kube-error.ts";
import { resourcePath, resources } from "../resources.ts";
import { exitCodeOf } from "./exit-status.ts";
import { openWebSocket, type WebSocketConnection } from "./web-socket.ts";

/** The first byte of every message says which stream it belongs to. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;
/** v5 differs from v4 by one thing: the end of stdin can be told. */
const protocols = { newest: "v5.channel.k8s.io", older: "v4.channel.k8s.io" };

export interface AttachOptions {
  namespace: string;
  name: string;
  /** Default: the pod's default container. */
  container?: string;
  /** Whether `stdin` of the session goes anywhere. Default false. */
  stdin?: boolean;
  /** A terminal: stderr comes mixed into stdout. Default false. */
  tty?: boolean;
  /** Cuts the session. */
  signal?: AbortSignal;
}

export interface ExecOptions extends AttachOptions {
  command: string[];
}

/**
 * A process in a pod, seen through its streams. Both outputs must be read (or `resume`d): one that is not read holds up
 * the other once its buffer is full.
 */
export interface ExecSession {
  /** Ending it is seen by the process as the end of its input. */
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit code. Rejects with KubeError when the process could not be started or the connection was lost. */
  readonly exit: Promise<number>;
  /** Tells a terminal its size. */
  resize(size: { columns: number; rows: number }): void;
  /** Leaves; an exec'd process without a terminal may go on running. */
  close(): void;
}

/** Starts a command in a running container. */
export function execStream(client: Client, options: ExecOptions): Promise<ExecSession> {
  return openSession(client, "exec", options, options.command);
}

/** Joins the main process of a running container. */
export function attachStream(client: Client, options: AttachOptions): Promise<ExecSession> {
  return openSession(client, "attach", options, []);
}

async function openSession(client: Client, subresource: string, options: AttachOptions, command: string[]) {
  const { namespace, name, container, stdin = false, tty = false, signal } = options;
  const query = new URLSearchParams({ stdin: `${stdin}`, stdout: "true", stderr: `${!tty}`, tty: `${tty}` });
  if (container) query.set("container", container);
  for (const word of command) query.append("command", word);
  const path = resourcePath(resources.pods, namespace, name, subresource);
  const offered = [protocols.newest, protocols.older];
  const connection = await openWebSocket(client, `${path}?${query}`, offered, signal);
  return new ChannelSession(connection, path, options);
}

class ChannelSession implements ExecSession {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exit: Promise<number>;
  readonly #connection: WebSocketConnection;
  readonly #place: string;
  readonly #full = new Set<Readable>();
  #settle: (outcome: { code: number } | { error: KubeError }) => void = () => {};

  constructor(connection: WebSocketConnection, place: string, options: AttachOptions) {
    this.#connection = connection;
    this.#place = place;
    this.stdout = this.#output();
    this.stderr = this.#output();
    this.stdin = this.#input(options.stdin ?? false);
    this.exit = new Promise((resolve, reject) => {
      this.#settle = (outcome) => ("code" in outcome ? resolve(outcome.code) : reject(outcome.error));
    });
    // Whoever reads only the streams must not be killed by a rejection that nobody looks at.
    this.exit.catch(() => {});
    const onAbort = () => {
      this.#settle({ error: new KubeError({ code: "aborted", message: `${place}: aborted` }) });
      connection.close();
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    connection.listen({
      message: (data) => this.#take(data),
      closed: (error) => {
        options.signal?.removeEventListener("abort", onAbort);
        this.#end(error);
      },
    });
    if (options.signal?.aborted) onAbort();
  }

  resize({ columns, rows }: { columns: number; rows: number }): void {
    this.#send(channels.resize, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  }

  close(): void {
    this.#connection.close();
    this.#end();
  }

  #output(): Readable {
    const output: Readable = new Readable({
      read: () => {
        this.#full.delete(output);
        if (this.#full.size === 0) this.#connection.resume();
      },
    });
    return output;
  }

  #input(wanted: boolean): Writable {
    return new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (wanted) this.#send(channels.stdin, chunk, done);
        else done(new Error("The session was opened without stdin"));
      },
      final: (done) => {
        if (wanted && this.#connection.protocol === protocols.newest) {
          this.#send(channels.close, Buffer.from([channels.stdin]));
        }
        done();
      },
    });
  }

  #send(channel: number, data: Buffer, done?: (error?: Error | null) => void): void {
    this.#connection.send(Buffer.concat([Buffer.from([channel]), data]), done);
  }

  #take(message: Buffer): void {
    const data = message.subarray(1);
    if (message[0] === channels.error) this.#finish(data.toString("utf8"));
    else if (message[0] === channels.stdout) this.#push(this.stdout, data);
    else if (message[0] === channels.stderr) this.#push(this.stderr, data);
  }

  #push(output: Readable, data: Buffer): void {
    // Servers open each channel with an empty message.
    if (data.length === 0 || output.destroyed || output.push(data)) return;
    this.#full.add(output);
    this.#connection.pause();
  }

  #finish(text: string): void {
    if (text === "") return;
    try {
      this.#settle({ code: exitCodeOf(text, this.#place) });
    } catch (error) {
      this.#settle({ error: error as KubeError });
    }
  }

  #end(error?: KubeError): void {
    const lost = new KubeError({ code: "unreachable", message: `${this.#place}: ended without an exit code` });
    this.#settle({ error: error ?? lost });
    for (const output of [this.stdout, this.stderr]) if (!output.destroyed && !output.readableEnded) output.push(null);
    this.stdin.destroy();
  }
}
