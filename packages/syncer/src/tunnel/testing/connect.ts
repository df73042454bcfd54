import { once } from "node:events";
import type { Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import type { TestPair } from "./certificates.ts";

export interface Connected {
  status: number;
  /** The whole answer up to the empty line, and what came of its body with it. */
  text: string;
  socket: TLSSocket;
}

/** Asks a tunnel for a connection, as an API server does, and gives its answer with the socket behind it. */
export async function connectThrough(
  port: number,
  authority: string,
  identity: TestPair & { ca: string },
  options: { request?: string } = {},
): Promise<Connected> {
  const half = { allowHalfOpen: true };
  const socket = tlsConnect({ host: "127.0.0.1", port, ...identity, ...half, checkServerIdentity: () => undefined });
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  socket.write(options.request ?? `CONNECT ${authority} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  const text = await readHead(socket);
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text, socket };
}

/** Everything until the other side ends; the socket may still be written to. */
export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  if (!socket.readableEnded) await once(socket, "end");
  return Buffer.concat(chunks).toString("utf8");
}

function readHead(socket: TLSSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const onData = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      socket.off("data", onData);
      socket.pause();
      resolve(text);
    };
    socket.on("data", onData);
    socket.once("error", reject);
    socket.once("end", () => reject(new Error(`ended after: ${text}`)));
    socket.once("close", () => reject(new Error(`closed after: ${text}`)));
  });
}
