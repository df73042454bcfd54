import type { Client } from "../client/client.ts";
import { isKubeError } from "../client/kube-error.ts";
import { resources } from "../resources.ts";
import type { Clock, KubeObject, Logger } from "../types.ts";

export interface LeaseOptions {
  client: Client;
  namespace: string;
  name: string;
  /** Unique among all who want the lease. */
  identity: string;
  /** How long others wait after the last renewal before they take over; a whole number of seconds. Default 15 000 ms. */
  durationMs?: number;
  /** How often the holder renews and others look. Default: a fifth of the duration, with jitter. */
  renewEveryMs?: number;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  logger: Logger;
  /** Runs while the lease is held. Its signal is aborted before anyone else may take over; it must then end soon. */
  onAcquired: (signal: AbortSignal) => Promise<void> | void;
  /** The lease is not held any more and `onAcquired` has ended. */
  onLost?: () => void;
  /** Ends it all: the work is stopped, then the lease released. */
  signal: AbortSignal;
}

interface LeaseSpec {
  holderIdentity?: string;
  leaseDurationSeconds?: number;
  acquireTime?: string;
  renewTime?: string;
  leaseTransitions?: number;
}

type Lease = KubeObject & { spec?: LeaseSpec };

/**
 * Competes for a Lease until `signal` is aborted, and lets `onAcquired` run while it is held.
 * - At most one identity holds it: every write is checked against the version that was read, and a holder that could not
 *   renew for two thirds of the duration stops by itself.
 * - Whether another holder is dead is judged by how long this contender slept since it last saw a renewal, never by the
 *   times written in the lease: clocks of different machines disagree, and a clock may be set while the program runs.
 * - Resolves after the release. Rejects only when `onAcquired` did; the lease is then released too.
 */
export async function holdLease(options: LeaseOptions): Promise<void> {
  const contender = new Contender(options);
  while (!options.signal.aborted) {
    if (await contender.tryAcquire()) await contender.serve();
    else await contender.pause(options.signal);
  }
}

class Contender {
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  readonly #renewEveryMs: number;
  #seen: Lease | undefined;
  /** For how long the lease has been seen unchanged: the sleeps between the looks, added up. */
  #unchangedMs = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#durationMs = options.durationMs ?? 15_000;
    this.#renewEveryMs = options.renewEveryMs ?? this.#durationMs / 5;
  }

  /** Failures of the server count as "not yet". */
  async tryAcquire(): Promise<boolean> {
    const { identity, logger, signal, name } = this.#options;
    try {
      const lease = await this.#read(signal);
      if (lease && !this.#isFree(lease)) return false;
      await this.#write(lease, signal);
      logger.info({ lease: name, identity }, "Acquired lease");
      return true;
    } catch (error) {
      if (!signal.aborted && !isKubeError(error, "conflict", "alreadyExists")) {
        logger.warn({ lease: name, error: String(error) }, "Could not look at or take the lease");
      }
      return false;
    }
  }

  /** Runs the work and renews until the lease is lost or the end is asked for. */
  async serve(): Promise<void> {
    const { signal, onAcquired, onLost, logger, name } = this.#options;
    const held = new AbortController();
    const workSignal = AbortSignal.any([held.signal, signal]);
    let failure: { error: unknown } | undefined;
    const work = (async () => onAcquired(workSignal))().catch((error: unknown) => {
      failure = { error };
      held.abort();
    });
    await this.#renewUntilLost(workSignal, held);
    held.abort();
    await work;
    await this.#release();
    logger.info({ lease: name }, "Gave up lease");
    onLost?.();
    if (failure && !signal.aborted) throw failure.error;
  }

  async pause(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const ms = this.#renewEveryMs * (0.8 + random() * 0.4);
    await clock.sleep(ms, signal).then(
      () => {
        this.#unchangedMs += ms;
      },
      () => {},
    );
  }

  async #renewUntilLost(workSignal: AbortSignal, held: AbortController): Promise<void> {
    let deadline = this.#startDeadline(held);
    while (!workSignal.aborted) {
      await this.pause(workSignal);
      if (workSignal.aborted) break;
      // Counted from before the request: the server may have written it as early as that.
      const next = this.#startDeadline(held);
      const renewed = await this.#renew(workSignal, held);
      (renewed ? deadline : next).abort();
      if (renewed) deadline = next;
    }
    deadline.abort();
  }

  /** Ends the work when it is not called off in time. It sleeps instead of comparing times: clocks may be set. */
  #startDeadline(held: AbortController): AbortController {
    const calledOff = new AbortController();
    this.#options.clock.sleep((this.#durationMs * 2) / 3, calledOff.signal).then(
      () => held.abort(),
      () => {},
    );
    return calledOff;
  }

  /** True when the server confirmed it. */
  async #renew(workSignal: AbortSignal, held: AbortController): Promise<boolean> {
    const { identity, logger, name } = this.#options;
    try {
      await this.#write(this.#seen, workSignal);
      return true;
    } catch (error) {
      if (workSignal.aborted) return false;
      logger.warn({ lease: name, error: String(error) }, "Could not renew the lease");
      if (!isKubeError(error, "conflict", "notFound", "alreadyExists")) return false;
      // Somebody wrote it, or a write of ours arrived though its answer was lost.
      const lease = await this.#read(workSignal).catch(() => this.#seen);
      if (lease?.spec?.holderIdentity !== identity) held.abort();
      return false;
    }
  }

  async #release(): Promise<void> {
    const { clock, identity, logger, name, client } = this.#options;
    const lease = this.#seen;
    if (!lease || lease.spec?.holderIdentity !== identity) return;
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: microTime(clock.now()) };
    try {
      this.#remember((await client.replace(resources.leases, { ...lease, spec })) as Lease);
    } catch (error) {
      // Nothing is lost: it runs out, or somebody else has it already.
      logger.debug({ lease: name, error: String(error) }, "Could not release the lease");
    }
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { client, namespace, name } = this.#options;
    const lease = (await client.get(resources.leases, { namespace, name }, { signal })) as Lease | undefined;
    this.#remember(lease);
    return lease;
  }

  #remember(lease: Lease | undefined): void {
    if (this.#seen?.metadata.resourceVersion !== lease?.metadata.resourceVersion) this.#unchangedMs = 0;
    this.#seen = lease;
  }

  #isFree(lease: Lease): boolean {
    const { holderIdentity, leaseDurationSeconds } = lease.spec ?? {};
    if (!holderIdentity || holderIdentity === this.#options.identity) return true;
    return this.#unchangedMs >= ((leaseDurationSeconds ?? 0) * 1000 || this.#durationMs);
  }

  async #write(previous: Lease | undefined, signal: AbortSignal): Promise<void> {
    const { client, namespace, name, identity, clock } = this.#options;
    const now = microTime(clock.now());
    const before = previous?.spec ?? {};
    const continues = before.holderIdentity === identity;
    const spec: LeaseSpec = {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#durationMs / 1000),
      acquireTime: (continues && before.acquireTime) || now,
      renewTime: now,
      leaseTransitions: (before.leaseTransitions ?? 0) + (continues || !previous ? 0 : 1),
    };
    const written = previous
      ? await client.replace(resources.leases, { ...previous, spec }, { signal })
      : await client.create(resources.leases, { metadata: { namespace, name }, spec }, { signal });
    this.#remember(written as Lease);
  }
}

/** RFC 3339 with microseconds, as the Lease type demands. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
