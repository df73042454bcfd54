import type { Clock, Logger } from "@inkube/kube";
import { TunnelRefusedError } from "../tunnel-errors.ts";
import type { Link } from "../wire/link.ts";
import type { AgentHandler } from "./answer.ts";
import { type DialOptions, dial } from "./dial.ts";
import { reconnectDelay, refusedDelay, stableAfterMs } from "./reconnect-delay.ts";
import { serveSession } from "./serve-session.ts";

export interface OpenTunnelOptions {
  /** The hub's tunnel endpoint, `wss://…` (or `ws://…`). */
  url: string;
  /** Headers of the handshake, credentials among them; asked for at each attempt. */
  headers: () => Record<string, string> | Promise<Record<string, string>>;
  /** PEM of the authority of the hub's certificate; without it the authorities that Node trusts. */
  ca?: string;
  /** The name that the hub's certificate must be for, instead of the URL's host. */
  tlsServerName?: string;
  /** An HTTP(S) proxy that takes CONNECT; may have a user and password. */
  proxyUrl?: string;
  /** Answers the requests of the hub; called once for each, many at a time. */
  handle: AgentHandler;
  clock: Clock;
  /** A number in [0,1), for jitter. */
  random: () => number;
  logger: Logger;
  /** Ends the tunnel, as `stop` does. */
  signal?: AbortSignal;
  /** Runs when the hub can send requests. */
  onConnected?: () => void;
  /** Runs when a tunnel that was connected is lost or stopped. */
  onDisconnected?: (reason: string) => void;
  /** Runs when the hub answers the handshake with 401, 403 or 410; the next attempt is 22 to 30 s away. */
  onRefused?: (status: number, body: string) => void;
}

export interface OpenTunnel {
  /** Ends the tunnel and every exchange in it. Resolves when the connection is closed; handlers may still be finishing. */
  stop(): Promise<void>;
  /** Whether the hub can send requests now, as far as this side knows. */
  readonly connected: boolean;
}

/**
 * Keeps a tunnel to the hub open until stopped, whatever happens: a lost one is dialled again within 250 ms, then at growing
 * intervals of at most 5 s; one whose peer is silent for 20 to 25 s is given up. Never throws and never rejects.
 */
export function openTunnel(options: OpenTunnelOptions): OpenTunnel {
  return new AgentTunnel(options);
}

class AgentTunnel implements OpenTunnel {
  readonly #options: OpenTunnelOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #connected = false;

  constructor(options: OpenTunnelOptions) {
    this.#options = options;
    const { signal } = options;
    const onAbort = () => this.#stop.abort();
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#done = this.#run().finally(() => signal?.removeEventListener("abort", onAbort));
  }

  get connected(): boolean {
    return this.#connected;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      const began = clock.now();
      const outcome = await this.#once();
      if (outcome === "lost" && clock.now() - began >= stableAfterMs) failures = 0;
      failures += 1;
      const pause = outcome === "refused" ? refusedDelay(random) : reconnectDelay(failures, random);
      await clock.sleep(pause, signal).catch(() => {});
    }
  }

  /** One connection from the attempt to its end. */
  async #once(): Promise<"lost" | "failed" | "refused"> {
    const { signal } = this.#stop;
    let link: Link;
    try {
      link = await dial(dialOptions(this.#options), signal);
    } catch (error) {
      return signal.aborted ? "failed" : this.#explain(error);
    }
    const onAbort = () => link.cut("the agent is stopping");
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    await this.#serve(link);
    signal.removeEventListener("abort", onAbort);
    return "lost";
  }

  async #serve(link: Link): Promise<void> {
    const { handle, logger, url, onConnected, onDisconnected } = this.#options;
    try {
      link.attend(serveSession(link.duplex, { handle, logger }), () => {
        this.#connected = true;
        logger.info({ url }, "Opened tunnel to hub");
        this.#notify(() => onConnected?.());
      });
    } catch (error) {
      link.cut(error instanceof Error ? error.message : "HTTP/2 could not be started");
    }
    const reason = await link.closed;
    const wasConnected = this.#connected;
    this.#connected = false;
    if (!wasConnected) {
      logger.warn({ url, reason }, "Could not open tunnel to hub");
      return;
    }
    logger.info({ url, reason }, "Lost tunnel to hub");
    this.#notify(() => onDisconnected?.(reason));
  }

  #explain(error: unknown): "failed" | "refused" {
    const { logger, url, onRefused } = this.#options;
    if (!(error instanceof TunnelRefusedError) || ![401, 403, 410].includes(error.status)) {
      logger.warn({ url, err: error }, "Could not open tunnel to hub");
      return "failed";
    }
    const { status, body } = error;
    logger.error({ url, status, body }, "Hub refused the tunnel");
    this.#notify(() => onRefused?.(status, body));
    return "refused";
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

function dialOptions({ url, headers, clock, ca, tlsServerName, proxyUrl }: OpenTunnelOptions): DialOptions {
  return {
    url,
    headers,
    clock,
    ...(ca && { ca }),
    ...(tlsServerName && { tlsServerName }),
    ...(proxyUrl && { proxyUrl }),
  };
}
