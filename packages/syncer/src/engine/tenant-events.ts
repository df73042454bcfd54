import { type Client, type Clock, isKubeError, type KubeObject, type Logger, resources } from "@inkube/kube";

export type TenantReason = "SyncFailed" | "NameTaken" | "NotSynced";

interface Reported {
  name: string;
  count: number;
  firstAt: string;
  lastAt: number;
}

export interface TenantEventsOptions {
  client: Client;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** The same message about the same object is written at most once in this time. Milliseconds. */
const repeatMs = 60_000;
/** Events that one nested cluster may get at once, and how fast that is restored. */
const burst = 50;
const perSecond = 2;
const maxRemembered = 1_000;

/**
 * Tells tenants through Events on their own objects what the host refused. Equal reports become one Event with a count;
 * more than the allowed rate are dropped. Never throws: telling is not worth failing for.
 */
export class TenantEvents {
  readonly #options: TenantEventsOptions;
  readonly #reported = new Map<string, Reported>();
  #tokens = burst;
  #refilledAt: number;

  constructor(options: TenantEventsOptions) {
    this.#options = options;
    this.#refilledAt = options.clock.now();
  }

  /** Writes or counts up a Warning on `object`. `message` must be in the tenant's terms already. */
  async report(type: { kind: string; apiVersion: string }, object: KubeObject, reason: TenantReason, message: string) {
    const id = `${object.metadata.uid}/${reason}/${message}`;
    const known = this.#reported.get(id);
    const now = this.#options.clock.now();
    if (known) known.count += 1;
    if ((known && now - known.lastAt < repeatMs) || !this.#takeToken(now)) return;
    try {
      if (known) await this.#countUp(known, object, now);
      else this.#remember(id, await this.#create(type, object, reason, message, now));
    } catch (error) {
      const told = isKubeError(error) ? error.code : String(error);
      this.#options.logger.debug({ error: told, reason }, "Could not write Event");
      if (known && isKubeError(error, "notFound")) this.#reported.delete(id);
    }
  }

  async #create(
    type: { kind: string; apiVersion: string },
    object: KubeObject,
    reason: TenantReason,
    message: string,
    now: number,
  ): Promise<Reported> {
    const namespace = object.metadata.namespace ?? "default";
    const unique = Math.floor(this.#options.random() * 2 ** 48).toString(16);
    const name = `${object.metadata.name.slice(0, 200)}.${unique}`;
    const at = new Date(now).toISOString();
    await this.#options.client.create(resources.events, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name, namespace },
      involvedObject: { ...type, name: object.metadata.name, namespace, uid: object.metadata.uid },
      reason,
      message,
      type: "Warning",
      source: { component: "inkube-syncer" },
      reportingComponent: "inkube-syncer",
      firstTimestamp: wholeSeconds(at),
      lastTimestamp: wholeSeconds(at),
      count: 1,
    });
    return { name, count: 1, firstAt: at, lastAt: now };
  }

  async #countUp(known: Reported, object: KubeObject, now: number): Promise<void> {
    known.lastAt = now;
    const ref = { name: known.name, namespace: object.metadata.namespace ?? "default" };
    const body = { count: known.count, lastTimestamp: wholeSeconds(new Date(now).toISOString()) };
    await this.#options.client.patch(resources.events, ref, body, { type: "merge" });
  }

  #remember(id: string, entry: Reported): void {
    this.#reported.set(id, entry);
    const oldest = this.#reported.keys().next();
    if (this.#reported.size > maxRemembered && !oldest.done) this.#reported.delete(oldest.value);
  }

  #takeToken(now: number): boolean {
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#refilledAt) / 1_000) * perSecond);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Event timestamps are whole seconds on the wire. */
function wholeSeconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
