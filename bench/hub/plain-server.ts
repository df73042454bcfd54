import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { WebSocket } from "ws";
import type { HubCertificate } from "./hub-program.ts";

/** What the reference process is told. */
export type PlainMessage = { certificate: string; key: string } | { path: string; body: string };

/** A plain node:https server in a process of its own, with the hub's certificate. */
export interface PlainServer extends Disposable {
  readonly url: string;
  /** From now on this is the answer at the path. */
  keep(path: string, body: Buffer): Promise<void>;
  /** Milliseconds until so many WebSockets are open that were all dialled at once; they are closed then. */
  connectAll(count: number): Promise<number>;
}

export async function startPlainServer({ certificate, key, ca }: HubCertificate): Promise<PlainServer> {
  const child = fork(join(import.meta.dirname, "plain-program.ts"));
  const tell = async (message: PlainMessage): Promise<unknown> => {
    const answer = once(child, "message");
    child.send(message);
    return (await answer)[0];
  };
  const url = `https://127.0.0.1:${await tell({ certificate, key })}`;
  return {
    url,
    keep: async (path, body) => void (await tell({ path, body: body.toString("base64") })),
    async connectAll(count) {
      const from = performance.now();
      const sockets = Array.from({ length: count }, () => new WebSocket(url.replace("https", "wss"), { ca }));
      await Promise.all(sockets.map((socket) => once(socket, "open")));
      const took = performance.now() - from;
      for (const socket of sockets) socket.terminate();
      return took;
    },
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}
