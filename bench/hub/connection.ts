import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";

export interface Answer {
  status: number;
  body: Buffer;
}

/**
 * One HTTP/1.1 connection by TLS, one request at a time: so little work of its own that the time is the server's. Only for
 * answers that say how long they are.
 */
export class Connection {
  readonly #socket: TLSSocket;
  readonly #host: string;
  #received: Buffer[] = [];
  #size = 0;
  /** Bytes of the whole answer; 0 until its head is there. */
  #whole = 0;
  #bodyAt = 0;
  #answered: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  private constructor(socket: TLSSocket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#answered?.reject(error));
    socket.on("close", () => this.#answered?.reject(new Error("The connection ended before the answer")));
  }

  static async open(url: string, ca: string): Promise<Connection> {
    const { hostname, port, host } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), ca });
    await once(socket, "secureConnect");
    socket.setNoDelay(true);
    return new Connection(socket, host);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const lines = Object.entries({ host: this.#host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    if (this.#socket.destroyed) return Promise.reject(new Error("The connection has ended"));
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#answered = { resolve, reject };
    });
    this.#socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    return answer;
  }

  close(): void {
    this.#answered = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#whole === 0) this.#readHead();
    if (this.#whole === 0 || this.#size < this.#whole) return;
    const all = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    const answer = { status: Number(all.toString("latin1", 9, 12)), body: all.subarray(this.#bodyAt, this.#whole) };
    this.#received = [];
    this.#size = 0;
    this.#whole = 0;
    this.#answered?.resolve(answer);
  }

  #readHead(): void {
    const start = Buffer.concat(this.#received);
    const end = start.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(start.toString("latin1", 0, end))?.[1];
    if (length === undefined) {
      this.#answered?.reject(new Error("The answer does not say how long it is"));
      return;
    }
    this.#bodyAt = end + 4;
    this.#whole = this.#bodyAt + Number(length);
  }
}
