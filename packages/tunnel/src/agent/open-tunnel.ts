import type { Clock, Logger } from "@inkube/kube";
import { TunnelRefusedError } from "../tunnel-errors.ts";
import { heldHeader, replicaNames } from "../wire/replica-headers.ts";
import type { AgentHandler } from "./answer.ts";
import { type Dialled, type DialOptions, dial } from "./dial.ts";
import { HeldTunnels } from "./held-tunnels.ts";
import { reconnectDelay, refusedDelay, searchDelay } from "./reconnect-delay.ts";

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
  /** Runs when the hub, or a further replica of it, can send requests. */
  onConnected?: () => void;
  /** Runs when a tunnel that was connected is lost or stopped. */
  onDisconnected?: (reason: string) => void;
  /** Runs when the hub answers the handshake with 401, 403 or 410; the next attempt is 22 to 30 s away. */
  onRefused?: (status: number, body: string) => void;
}

export interface OpenTunnel {
  /** Ends the tunnel and every exchange in it. Resolves when its connections are closed; handlers may still be finishing. */
  stop(): Promise<void>;
  /**
   * Says by name which replicas the hub has now; from then on there is a connection to each. They have one address together, so
   * it is dialled, ever more slowly, until chance has led to all of them. Unknown ones that are met are kept until they end.
   */
  reach(replicas: readonly string[]): void;
  /** Whether the hub, any replica of it, can send requests now, as far as this side knows. */
  readonly connected: boolean;
}

/**
 * Keeps a tunnel to the hub open until stopped, whatever happens: a lost one is dialled again within 250 ms, then at growing
 * intervals of at most 5 s; one whose peer is silent for 20 to 25 s is given up. Never throws and never rejects.
 */
export function openTunnel(options: OpenTunnelOptions): OpenTunnel {
  return new AgentTunnel(options);
}

type Outcome = "opened" | "held" | "failed" | "refused";

class AgentTunnel implements OpenTunnel {
  readonly #options: OpenTunnelOptions;
  readonly #stop = new AbortController();
  readonly #held: HeldTunnels;
  readonly #done: Promise<void>;
  #replicas: readonly string[] = [];
  #misses = 0;
  /** Aborted, and replaced, when something may have to be dialled. */
  #news = new AbortController();

  constructor(options: OpenTunnelOptions) {
    this.#options = options;
    this.#held = new HeldTunnels(options, () => this.#tellNews());
    const { signal } = options;
    const onAbort = () => this.#stop.abort();
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#done = this.#run().finally(() => signal?.removeEventListener("abort", onAbort));
  }

  get connected(): boolean {
    return this.#held.connected;
  }

  reach(replicas: readonly string[]): void {
    const names = replicaNames(replicas);
    if (names.join() === this.#replicas.join()) return;
    this.#replicas = names;
    this.#misses = 0;
    this.#tellNews();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { random } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const news = this.#news.signal;
      if (!this.#isNeeded()) await aborted(AbortSignal.any([signal, news]));
      else if (this.#held.takeLoss()) await this.#pause(reconnectDelay(this.#held.failures, random), signal);
      else if (this.#held.names.length > 0) await this.#search(news);
      else await this.#attempt();
    }
    await this.#held.close("the agent is stopping");
  }

  #isNeeded(): boolean {
    const { names } = this.#held;
    return names.length === 0 || this.#replicas.some((name) => !names.includes(name));
  }

  /** Dials for a replica that has no tunnel yet; cut short when what is searched for changes. */
  async #search(news: AbortSignal): Promise<void> {
    const { signal } = this.#stop;
    await this.#pause(searchDelay(this.#misses + 1, this.#options.random), AbortSignal.any([signal, news]));
    if (signal.aborted || news.aborted) return;
    this.#misses = (await this.#attempt()) === "held" ? this.#misses + 1 : 0;
  }

  async #attempt(): Promise<Outcome> {
    const { random } = this.#options;
    const { signal } = this.#stop;
    const outcome = await this.#dial();
    if (signal.aborted || outcome === "opened" || outcome === "held") return outcome;
    const failures = this.#held.countFailure();
    await this.#pause(outcome === "refused" ? refusedDelay(random) : reconnectDelay(failures, random), signal);
    return outcome;
  }

  async #dial(): Promise<Outcome> {
    const { signal } = this.#stop;
    let dialled: Dialled;
    try {
      dialled = await dial(dialOptions(this.#options, this.#held.names), signal);
    } catch (error) {
      return signal.aborted ? "failed" : this.#explain(error);
    }
    if (signal.aborted) dialled.link.cut("the agent is stopping");
    this.#held.add(dialled);
    return "opened";
  }

  #explain(error: unknown): Outcome {
    const { logger, url, onRefused } = this.#options;
    const { status, body } = error instanceof TunnelRefusedError ? error : { status: 0, body: "" };
    if (status === 409 && this.#held.names.length > 0) {
      logger.debug({ url, held: this.#held.names }, "Reached a replica of the hub that has a tunnel");
      return "held";
    }
    if (![401, 403, 410].includes(status)) {
      logger.warn({ url, err: error }, "Could not open tunnel to hub");
      return "failed";
    }
    logger.error({ url, status, body }, "Hub refused the tunnel");
    try {
      onRefused?.(status, body);
    } catch (error) {
      // A callback that throws must not end the tunnel.
      logger.error({ err: error }, "Callback of tunnel failed");
    }
    return "refused";
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch(() => {});
  }

  #tellNews(): void {
    const told = this.#news;
    this.#news = new AbortController();
    told.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function dialOptions(
  { url, headers, clock, ca, tlsServerName, proxyUrl }: OpenTunnelOptions,
  held: readonly string[],
): DialOptions {
  const named = held.filter((name) => name !== "").join(",");
  return {
    url,
    headers: async () => ({ ...(await headers()), ...(named && { [heldHeader]: named }) }),
    clock,
    ...(ca && { ca }),
    ...(tlsServerName && { tlsServerName }),
    ...(proxyUrl && { proxyUrl }),
  };
}
