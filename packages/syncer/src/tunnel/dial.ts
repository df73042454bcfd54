import { createConnection, type Socket } from "node:net";
import type { Clock } from "@inkube/kube";

/** Opens a TCP connection; rejects when it does not stand within `timeoutMs` or `signal` aborts. */
export type Dial = (target: { host: string; port: number; signal: AbortSignal }) => Promise<Socket>;

/** Dials on this process's network. Half-open connections stay open; dead peers are found by keep-alive. */
export function createDial(clock: Clock, timeoutMs = 10_000): Dial {
  return async ({ host, port, signal }) => {
    signal.throwIfAborted();
    const socket = createConnection({ host, port, allowHalfOpen: true, noDelay: true, keepAlive: true });
    const done = new AbortController();
    const abort = (): void => void socket.destroy(new Error("connection attempt was given up"));
    signal.addEventListener("abort", abort, { once: true });
    clock.sleep(timeoutMs, done.signal).then(
      () => socket.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)),
      () => {},
    );
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
        socket.once("close", () => reject(new Error("connection closed")));
      });
      return socket;
    } finally {
      done.abort();
      signal.removeEventListener("abort", abort);
    }
  };
}
