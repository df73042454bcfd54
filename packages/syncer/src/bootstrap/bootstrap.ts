import type { Clock, Logger } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import { applyAdmission, proveAdmission } from "./admission.ts";
import { ensureApiService } from "./api-service.ts";
import type { BootstrapConfig } from "./bootstrap-config.ts";
import { ensureDefaults } from "./defaults.ts";
import { ensureDns } from "./dns.ts";

export interface BootstrapOptions {
  view: ClusterView;
  config: BootstrapConfig;
  clock: Clock;
  logger: Logger;
  /** Between two rounds of `keep`, milliseconds. Default one minute. */
  intervalMs?: number;
}

/** What every nested cluster holds before its tenant comes; idempotent. */
export interface Bootstrap {
  /** Resolves when all of it is there and admission is proven to work; retries until `signal` aborts, then rejects with its reason. */
  run(signal: AbortSignal): Promise<void>;
  /** Puts back what was changed, every interval and on `refresh`, until `signal` aborts. Never rejects. */
  keep(signal: AbortSignal): Promise<void>;
  /** Says that something may have changed, such as the control plane's address. */
  refresh(): void;
}

const retry = { firstMs: 20, maxMs: 5_000 };
/** The first look after the start is early: controllers that start at the same time may undo something. */
const settleMs = 2_000;

/** The steps run side by side and are retried one by one, because the time from create to ready is what people wait for. */
export function createBootstrap(options: BootstrapOptions): Bootstrap {
  return new SteppedBootstrap(options);
}

class SteppedBootstrap implements Bootstrap {
  readonly #steps: Step[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  #wake = new AbortController();

  constructor({ view, config, clock, logger, intervalMs = 60_000 }: BootstrapOptions) {
    this.#steps = stepsOf(view, config);
    this.#clock = clock;
    this.#logger = logger.child({ part: "bootstrap", cluster: view.identity.hostNamespace });
    this.#intervalMs = intervalMs;
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#steps.map(async ({ name, run, prove }) => {
        await this.#untilDone(name, run, signal);
        if (prove) await this.#untilDone(name, prove, signal);
      }),
    );
    this.#logger.info({}, "Prepared the nested cluster");
  }

  async keep(signal: AbortSignal): Promise<void> {
    for (let wait = settleMs; !signal.aborted; wait = this.#intervalMs) {
      await this.#clock.sleep(wait, AbortSignal.any([signal, this.#wake.signal])).catch(() => {});
      this.#wake = new AbortController();
      if (!signal.aborted) await this.#round(signal);
    }
  }

  refresh(): void {
    this.#wake.abort();
  }

  async #untilDone(step: string, run: Step["run"], signal: AbortSignal): Promise<void> {
    for (let wait = retry.firstMs; ; wait = Math.min(wait * 1.5, retry.maxMs)) {
      signal.throwIfAborted();
      try {
        return await run(signal);
      } catch (error) {
        signal.throwIfAborted();
        const level = wait >= 1_000 ? "warn" : "debug";
        this.#logger[level]({ step, reason: reasonOf(error) }, "Could not prepare the nested cluster yet");
      }
      await this.#clock.sleep(wait, signal);
    }
  }

  /** Every step once, whatever becomes of the others. */
  async #round(signal: AbortSignal): Promise<void> {
    const results = await Promise.allSettled(this.#steps.map((step) => step.run(signal)));
    for (const [index, result] of results.entries()) {
      if (result.status === "fulfilled" || signal.aborted) continue;
      const failed = { step: this.#steps[index]?.name, reason: reasonOf(result.reason) };
      this.#logger.warn(failed, "Could not keep the nested cluster prepared");
    }
  }
}

interface Step {
  name: string;
  run: (signal: AbortSignal) => Promise<void>;
  /** Waited for once after `run`, by the first round only. */
  prove?: (signal: AbortSignal) => Promise<void>;
}

function stepsOf(view: ClusterView, config: BootstrapConfig): Step[] {
  const { nested } = view;
  return [
    { name: "api service", run: (signal) => ensureApiService(nested, config, signal) },
    { name: "defaults", run: (signal) => ensureDefaults(nested, config.clusterCA, signal) },
    {
      name: "admission",
      run: (signal) => applyAdmission(nested, config.webhookCA, signal),
      prove: (signal) => proveAdmission(nested, signal),
    },
    { name: "dns", run: (signal) => ensureDns(view, config, signal) },
  ];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
