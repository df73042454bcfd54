import type { Duplex } from "node:stream";
import { TunnelRefusal } from "./tunnel-refusal.ts";

/** Counts the open connections of every caller, so that one cannot take them all. */
export class ConnectionLimit {
  readonly #max: number;
  readonly #open = new Map<string, number>();

  /** `max`: how many each caller may hold at the same time. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Counts a connection until it closes. Throws a {@link TunnelRefusal}, and counts nothing, when the caller holds too many. */
  hold(caller: string, socket: Duplex): void {
    const count = (this.#open.get(caller) ?? 0) + 1;
    if (count > this.#max) throw new TunnelRefusal(503, "limit", "too many open connections of this cluster");
    this.#open.set(caller, count);
    socket.once("close", () => this.#release(caller));
  }

  #release(caller: string): void {
    const left = (this.#open.get(caller) ?? 1) - 1;
    if (left > 0) this.#open.set(caller, left);
    else this.#open.delete(caller);
  }
}
