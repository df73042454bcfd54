import { type Client, type Clock, isKubeError, type KubeObject, type Logger, resources } from "@inkube/kube";
import type { EventTranslation, KindContext } from "../kinds/kind.ts";
import { fieldManager } from "./ownership.ts";

export interface EventPumpOptions {
  host: Client;
  nested: Client;
  hostNamespace: string;
  translate: EventTranslation;
  context: KindContext;
  /** Whether objects wait to be synced, which comes before telling Events. */
  busy: () => boolean;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** Events that wait to be written inside; more are dropped, oldest first. */
const maxWaiting = 500;
/** Events older than this when the pump starts were told before. Milliseconds. */
const maxAgeMs = 300_000;
/** How long an Event gives way to the sync of objects, and how often it looks whether it still must. Milliseconds. */
const patienceMs = 3_000;
const lookMs = 50;
const retry = { baseMs: 1_000, maxMs: 60_000 };

/** A host Event, and when the first of its name began to wait. */
interface Waiting {
  event: KubeObject;
  since: number;
}

/**
 * Carries host Events about a tenant's objects inside, translated. Keeps nothing: an Event that cannot be told in time is
 * dropped, as Events are on any cluster.
 */
export class EventPump {
  readonly #options: EventPumpOptions;
  readonly #waiting = new Map<string, Waiting>();
  #writing: Promise<void> | undefined;

  constructor(options: EventPumpOptions) {
    this.#options = options;
  }

  /** Runs until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#follow(signal, () => {
          failures = 0;
        });
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        const code = isKubeError(error) ? error.code : String(error);
        if (code !== "gone") this.#options.logger.debug({ code, failures }, "Could not follow host Events");
      }
      const delay = Math.min(retry.maxMs, retry.baseMs * 2 ** failures) * (0.5 + this.#options.random() / 2);
      await this.#options.clock.sleep(delay, signal).catch(() => {});
    }
    await this.#writing;
  }

  async #follow(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const { host, hostNamespace, clock } = this.#options;
    const listed = await host.list(resources.events, { namespace: hostNamespace, signal });
    for (const event of listed.items) if (clock.now() - timeOf(event) < maxAgeMs) this.#take(event, signal);
    let resourceVersion = listed.resourceVersion;
    for (;;) {
      const events = host.watch(resources.events, { namespace: hostNamespace, resourceVersion, signal, onOpen });
      for await (const { type, object } of events) {
        resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
        if (type === "ADDED" || type === "MODIFIED") this.#take(object, signal);
      }
      signal.throwIfAborted();
      await clock.sleep(retry.baseMs, signal);
    }
  }

  #take(event: KubeObject, signal: AbortSignal): void {
    const id = event.metadata.name;
    const since = this.#waiting.get(id)?.since ?? this.#options.clock.now();
    this.#waiting.delete(id);
    this.#waiting.set(id, { event, since });
    const oldest = this.#waiting.keys().next();
    if (this.#waiting.size > maxWaiting && !oldest.done) this.#waiting.delete(oldest.value);
    this.#begin(signal);
  }

  #begin(signal: AbortSignal): void {
    if (this.#waiting.size === 0 || signal.aborted) return;
    this.#writing ??= this.#write(signal).finally(() => {
      this.#writing = undefined;
      // What was taken after the last look and before this turn would wait for the next Event otherwise.
      this.#begin(signal);
    });
  }

  async #write(signal: AbortSignal): Promise<void> {
    while (this.#waiting.size > 0 && !signal.aborted) {
      await this.#giveWay(signal);
      const next = this.#next();
      if (!next || signal.aborted) return;
      try {
        const told = this.#options.translate(next, this.#options.context);
        if (told) await this.#tell(told, signal);
      } catch (error) {
        const code = isKubeError(error) ? error.code : String(error);
        if (!signal.aborted) this.#options.logger.debug({ code }, "Could not tell host Event");
      }
    }
  }

  /** A burst of pods makes an Event for each, which people read later than they wait for the pods. */
  async #giveWay(signal: AbortSignal): Promise<void> {
    const { busy, clock } = this.#options;
    const [oldest] = this.#waiting.values();
    const until = (oldest?.since ?? 0) + patienceMs;
    while (busy() && clock.now() < until && !signal.aborted) await clock.sleep(lookMs, signal).catch(() => {});
  }

  /** Most Events happen once: creating costs the API server half of what applying does. */
  async #tell(told: KubeObject, signal: AbortSignal): Promise<void> {
    const { nested } = this.#options;
    if (((told.count as number | undefined) ?? 1) <= 1) {
      try {
        await nested.create(resources.events, told, { fieldManager, signal });
        return;
      } catch (error) {
        if (!isKubeError(error, "alreadyExists")) throw error;
      }
    }
    await nested.apply(resources.events, told, { fieldManager, force: true, signal });
  }

  #next(): KubeObject | undefined {
    const next = this.#waiting.entries().next();
    if (next.done) return undefined;
    this.#waiting.delete(next.value[0]);
    return next.value[1].event;
  }
}

function timeOf(event: KubeObject): number {
  const { lastTimestamp, eventTime } = event as { lastTimestamp?: string | null; eventTime?: string | null };
  return Date.parse(lastTimestamp ?? eventTime ?? event.metadata.creationTimestamp ?? "");
}
