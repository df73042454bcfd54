import type { Clock, Logger } from "@inkube/kube";
import type { Link } from "../wire/link.ts";
import type { AgentHandler } from "./answer.ts";
import type { Dialled } from "./dial.ts";
import { stableAfterMs } from "./reconnect-delay.ts";
import { serveSession } from "./serve-session.ts";

export interface HeldTunnelsOptions {
  url: string;
  handle: AgentHandler;
  clock: Clock;
  logger: Logger;
  onConnected?: () => void;
  onDisconnected?: (reason: string) => void;
}

/** The connections of an agent to its hub, one a replica. It serves each from the dial to its end, and tells of every end. */
export class HeldTunnels {
  readonly #options: HeldTunnelsOptions;
  readonly #onLost: () => void;
  readonly #links = new Map<string, Link>();
  readonly #connected = new Set<Link>();
  readonly #serving = new Set<Promise<void>>();
  #failures = 0;
  #lost = false;

  constructor(options: HeldTunnelsOptions, onLost: () => void) {
    this.#options = options;
    this.#onLost = onLost;
  }

  /** The replicas; one that does not say its name is the empty one. */
  get names(): string[] {
    return [...this.#links.keys()];
  }

  get connected(): boolean {
    return this.#connected.size > 0;
  }

  /** Attempts that failed and connections that soon broke, since one that lasted. */
  get failures(): number {
    return this.#failures;
  }

  countFailure(): number {
    this.#failures += 1;
    return this.#failures;
  }

  /** Whether a connection was lost since this was last asked. */
  takeLoss(): boolean {
    const lost = this.#lost;
    this.#lost = false;
    return lost;
  }

  /** Call it in the turn in which it was dialled. A replica that takes a further one has lost the one before. */
  add({ link, replica }: Dialled): void {
    const before = this.#links.get(replica);
    this.#links.set(replica, link);
    before?.cut("replaced by a newer tunnel");
    const served = this.#serve(link, replica).finally(() => this.#serving.delete(served));
    this.#serving.add(served);
  }

  /** Ends all of them. Resolves when they are closed. */
  async close(reason: string): Promise<void> {
    for (const link of this.#links.values()) link.cut(reason);
    await Promise.all(this.#serving);
  }

  async #serve(link: Link, replica: string): Promise<void> {
    const { clock } = this.#options;
    const began = clock.now();
    this.#attend(link, replica);
    const reason = await link.closed;
    const wasConnected = this.#connected.delete(link);
    if (this.#links.get(replica) === link) {
      this.#links.delete(replica);
      if (clock.now() - began >= stableAfterMs) this.#failures = 0;
      this.#failures += 1;
      this.#lost = true;
    }
    this.#tellEnd(replica, reason, wasConnected);
    this.#onLost();
  }

  #attend(link: Link, replica: string): void {
    const { handle, logger, url, onConnected } = this.#options;
    try {
      link.attend(serveSession(link.duplex, { handle, logger }), () => {
        this.#connected.add(link);
        logger.info({ url, replica }, "Opened tunnel to hub");
        this.#notify(() => onConnected?.());
      });
    } catch (error) {
      link.cut(error instanceof Error ? error.message : "HTTP/2 could not be started");
    }
  }

  #tellEnd(replica: string, reason: string, wasConnected: boolean): void {
    const { logger, url, onDisconnected } = this.#options;
    if (!wasConnected) {
      logger.warn({ url, replica, reason }, "Could not open tunnel to hub");
      return;
    }
    logger.info({ url, replica, reason }, "Lost tunnel to hub");
    this.#notify(() => onDisconnected?.(reason));
  }

  /** A callback that throws must not end the tunnel. */
  #notify(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.logger.error({ err: error }, "Callback of tunnel failed");
    }
  }
}
