import { setTimeout as sleep } from "node:timers/promises";
import { rotateLog } from "./log-file.ts";
import type { SupervisorConfig } from "./process-spec.ts";
import { SupervisedProcess } from "./supervised-process.ts";

const tickMs = 100;
const rotateEveryMs = 10_000;

/**
 * Keeps the processes of one host running until told to stop.
 * - What runs already under the same revision is adopted, under another one restarted.
 * - A process is first started when everything it comes after is ready.
 * - What ends is started again after a backoff that doubles from 250 ms to 10 s and is forgotten after 30 s of running.
 */
export class Supervisor {
  #config: SupervisorConfig;
  #processes: SupervisedProcess[] = [];
  #stopping = false;

  constructor(config: SupervisorConfig) {
    this.#config = config;
  }

  /** Runs until `stop` was called and everything has ended. */
  async run(): Promise<void> {
    await this.#take(this.#config);
    let rotatedAt = 0;
    while (!this.#stopping) {
      await this.#tick();
      if (Date.now() - rotatedAt > rotateEveryMs) {
        for (const { spec } of this.#processes) rotateLog(this.#config.logDir, spec.name);
        rotatedAt = Date.now();
      }
      await sleep(tickMs);
    }
    // Backwards: nobody loses what it depends on before it has ended itself.
    for (const supervised of [...this.#processes].reverse()) await supervised.stop();
  }

  stop(): void {
    this.#stopping = true;
  }

  async #take(config: SupervisorConfig): Promise<void> {
    this.#config = config;
    this.#processes = config.processes.map((spec) => new SupervisedProcess(spec, config));
    for (const supervised of this.#processes) await supervised.adopt();
  }

  async #tick(): Promise<void> {
    const ready = new Set(this.#processes.filter((one) => one.ready).map((one) => one.spec.name));
    await Promise.all(
      this.#processes.map((one) =>
        one.tick(
          Date.now(),
          one.spec.after.every((name) => ready.has(name)),
        ),
      ),
    );
  }
}
