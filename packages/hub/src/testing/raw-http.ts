import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { systemClock } from "@inkube/kube";

/** What came back on a connection, as text, and whether the other side closed it. */
export interface RawAnswer {
  text: string;
  closed: boolean;
}

const patienceMs = 60_000;

/** A connection on which bytes are sent as they are. */
export async function openRaw(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/**
 * Sends bytes and reads until the other side closes, or `until` says of what came that it is enough. Gives up after a minute: a
 * server that keeps a connection open for ever answers nothing either.
 */
export async function sendRaw(
  url: string,
  bytes: string | Buffer,
  until: (text: string) => boolean = () => false,
): Promise<RawAnswer> {
  const socket = await openRaw(url);
  const answer: RawAnswer = { text: "", closed: false };
  const over = Promise.withResolvers<void>();
  socket.on("data", (piece: Buffer) => {
    answer.text += piece.toString("latin1");
    if (until(answer.text)) over.resolve();
  });
  socket.on("close", () => {
    answer.closed = true;
    over.resolve();
  });
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  const patience = new AbortController();
  await Promise.race([over.promise, systemClock.sleep(patienceMs, patience.signal).catch(() => undefined)]);
  patience.abort();
  socket.destroy();
  return answer;
}

/** Statuses of all answers that are in a text. */
export function statusesIn(text: string): number[] {
  return [...text.matchAll(/(?:^|\r?\n|\})HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
