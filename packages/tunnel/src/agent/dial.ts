import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@inkube/kube";
import { type ClientOptions, WebSocket } from "ws";
import { TunnelRefusedError } from "../tunnel-errors.ts";
import { messageBytes, subprotocol } from "../wire/limits.ts";
import { Link } from "../wire/link.ts";
import { replicaHeader, replicaNames } from "../wire/replica-headers.ts";
import { connectSocket, type Route } from "./connect-socket.ts";

/** With the longest pause between attempts it stays below the 15 s within which a hub that returns sees its agents. */
const dialDeadlineMs = 8_000;
const refusalBytes = 4 * 1024;

export interface DialOptions extends Route {
  url: string;
  headers: () => Record<string, string> | Promise<Record<string, string>>;
  clock: Clock;
}

/** A connection to one replica of the hub. */
export interface Dialled {
  link: Link;
  /** Empty when the hub does not say. */
  replica: string;
}

/** Opens one connection to the hub. Rejects with TunnelRefusedError when the hub answers but not with a WebSocket; when it takes longer than 8 s, with an error. */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Dialled> {
  const attempt = new AbortController();
  const timer = new AbortController();
  const onAbort = () => attempt.abort(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", onAbort, { once: true });
  options.clock.sleep(dialDeadlineMs, timer.signal).then(
    () => attempt.abort(new Error("The hub did not answer in time")),
    () => {},
  );
  try {
    const work = attemptDial(options, attempt.signal);
    // Opened in the very turn in which nobody wanted it any more.
    work.then(
      ({ link }) => attempt.signal.aborted && link.cut("the agent gave up"),
      () => {},
    );
    return await abortable(work, attempt.signal);
  } finally {
    timer.abort();
    signal.removeEventListener("abort", onAbort);
  }
}

async function attemptDial(options: DialOptions, signal: AbortSignal): Promise<Dialled> {
  const headers = await options.headers();
  signal.throwIfAborted();
  const url = new URL(options.url);
  const socket = await connectSocket(url, options, signal);
  // It has a listener from the first turn: the request that takes it over is made only afterwards.
  socket.on("error", () => {});
  if (signal.aborted) socket.destroy();
  signal.throwIfAborted();
  return openWebSocket(url, { headers, socket, clock: options.clock }, signal);
}

function openWebSocket(
  url: URL,
  { headers, socket, clock }: { headers: Record<string, string>; socket: Socket; clock: Clock },
  signal: AbortSignal,
): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const webSocket = newWebSocket(url, headers, socket);
    const link = new Link(webSocket, clock);
    const onAbort = () => {
      reject(signal.reason);
      webSocket.terminate();
      socket.destroy();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = () => signal.removeEventListener("abort", onAbort);
    let replica = "";
    webSocket.once("upgrade", ({ headers }) => {
      replica = replicaNames([headers[replicaHeader]].flat().filter((name) => name !== undefined))[0] ?? "";
    });
    webSocket.once("open", () => {
      settle();
      resolve({ link, replica });
    });
    webSocket.once("error", reject);
    webSocket.once("close", settle);
    webSocket.on("unexpected-response", (_request, response) => {
      readBeginning(response).then((body) => {
        reject(new TunnelRefusedError(response.statusCode ?? 0, body));
        webSocket.terminate();
        socket.destroy();
      }, reject);
    });
  });
}

function newWebSocket(url: URL, headers: Record<string, string>, socket: Socket): WebSocket {
  const options: ClientOptions = {
    headers,
    perMessageDeflate: false,
    maxPayload: messageBytes,
    followRedirects: false,
    // It is typed as the function of node:net, but any that returns a socket will do.
    createConnection: (() => socket) as unknown as NonNullable<ClientOptions["createConnection"]>,
  };
  try {
    return new WebSocket(url, subprotocol, options);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function readBeginning(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= refusalBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, refusalBytes).toString();
}

/** Settles as soon as the signal is aborted, whatever the work waits for. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
