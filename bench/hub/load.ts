import { type Answer, Connection } from "./connection.ts";

/** Where requests go, and what they carry. */
export interface Target {
  url: string;
  ca: string;
  headers: Record<string, string>;
}

/** What is asked, and how many bytes are expected. */
export interface Request {
  path: string;
  length: number;
}

/** What requests took: milliseconds of each, and of all of them together. */
export interface Round {
  times: number[];
  wallMs: number;
}

/** Requests that keep a connection busy each, one after the other. */
export class LoadGenerator {
  readonly #connections: readonly Connection[];
  readonly #headers: Record<string, string>;

  private constructor(connections: readonly Connection[], headers: Record<string, string>) {
    this.#connections = connections;
    this.#headers = headers;
  }

  static async open({ url, ca, headers }: Target, connections: number): Promise<LoadGenerator> {
    const open = Array.from({ length: connections }, () => Connection.open(url, ca));
    return new LoadGenerator(await Promise.all(open), headers);
  }

  async one(path: string): Promise<Answer> {
    const answer = await this.#connections[0]?.get(path, this.#headers);
    if (answer?.status !== 200) throw new Error(`${path} was answered ${answer?.status}: ${answer?.body.toString()}`);
    return answer;
  }

  /** Sends `count` requests, the given ones in turn, over so many connections. Throws for an answer of another length. */
  async run(requests: readonly Request[], count: number, atOnce: number): Promise<Round> {
    const times: number[] = [];
    let next = 0;
    const from = performance.now();
    const worker = async (connection: Connection): Promise<void> => {
      while (next < count) {
        const { path, length } = requests[next % requests.length] as Request;
        next += 1;
        const sent = performance.now();
        const { status, body } = await connection.get(path, this.#headers);
        times.push(performance.now() - sent);
        // Versions of objects grow by a digit while the fleet lives.
        if (status !== 200 || Math.abs(body.length - length) > length / 10) {
          throw new Error(`${path} was answered ${status} with ${body.length} bytes instead of ${length}`);
        }
      }
    };
    await Promise.all(this.#connections.slice(0, atOnce).map(worker));
    return { times, wallMs: performance.now() - from };
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
