import { Connection } from "./connection.ts";

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

/** Asks once. Throws for any answer but 200. */
export async function askOnce({ url, ca, headers }: Target, path: string): Promise<Buffer> {
  const connection = await Connection.open(url, ca);
  try {
    const { status, body } = await connection.get(path, headers);
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${body.toString()}`);
    return body;
  } finally {
    connection.close();
  }
}

/**
 * Sends `count` requests, the given ones in turn, over so many connections that each are kept busy; they are new, for a server
 * closes what idles between rounds, and opening them does not count. Throws for an answer of another length.
 */
export async function run(
  { url, ca, headers }: Target,
  requests: readonly Request[],
  { count, atOnce }: { count: number; atOnce: number },
): Promise<Round> {
  const connections = await Promise.all(Array.from({ length: atOnce }, () => Connection.open(url, ca)));
  const times: number[] = [];
  let next = 0;
  const work = async (connection: Connection): Promise<void> => {
    while (next < count) {
      const { path, length } = requests[next % requests.length] as Request;
      next += 1;
      const sent = performance.now();
      const { status, body } = await connection.get(path, headers);
      times.push(performance.now() - sent);
      // Versions of objects grow by a digit while the fleet lives.
      if (status !== 200 || Math.abs(body.length - length) > length / 10) {
        throw new Error(`${path} was answered ${status} with ${body.length} bytes instead of ${length}`);
      }
    }
  };
  const from = performance.now();
  await Promise.all(connections.map(work));
  const wallMs = performance.now() - from;
  for (const connection of connections) connection.close();
  return { times, wallMs };
}
