import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { cgroupPids } from "../host/cgroups.ts";
import { identify, isAlive, type ProcessIdentity, signalProcess } from "../host/process-identity.ts";
import { closeLog, openLog } from "./log-file.ts";
import { commandLine, type PidRecord, readPidRecord, removePidRecord, writePidRecord } from "./pid-record.ts";
import type { ProcessSpec, SupervisorConfig } from "./process-spec.ts";
import { probe } from "./ready-probe.ts";

const backoffMs = { base: 250, max: 10_000 };
const stableAfterMs = 30_000;
const stopTimeoutMs = 10_000;

/** One process under supervision: started, adopted after the supervisor's own death, started again when it ends. */
export class SupervisedProcess {
  spec: ProcessSpec;
  readonly #config: SupervisorConfig;
  #identity: ProcessIdentity | undefined;
  #restarts = 0;
  #failures = 0;
  #startedAt = 0;
  #notBefore = 0;
  #ready = false;

  constructor(spec: ProcessSpec, config: SupervisorConfig) {
    this.spec = spec;
    this.#config = config;
  }

  /** Whether its probe answered since this supervisor knows it; a process without a probe is ready once it runs. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Takes over what runs already: by its record, or, when the record was never written, by its arguments in our cgroup. */
  async adopt(): Promise<void> {
    const record = readPidRecord(this.#config.runDir, this.spec.name);
    if (record !== undefined && isAlive(record.identity)) {
      this.#identity = record.identity;
      this.#restarts = record.restarts;
      if (record.revision !== this.spec.revision) await this.stop();
      return;
    }
    const wanted = this.spec.argv.slice(this.spec.argv.indexOf("--") + 1).join("\0");
    for (const pid of cgroupPids(this.#config.cgroup)) {
      const identity = identify(pid);
      if (identity === undefined || commandLine(pid)?.join("\0") !== wanted) continue;
      this.#identity = identity;
      this.#record(Date.now());
      return;
    }
  }

  /** Notices an end, starts what is due, asks the probe. `mayStart` is false while something it needs is not ready. */
  async tick(now: number, mayStart: boolean): Promise<void> {
    if (this.#identity !== undefined && !isAlive(this.#identity)) this.#noticeEnd(now);
    if (this.#identity === undefined) {
      if (mayStart && now >= this.#notBefore) this.#start(now);
      return;
    }
    if (this.#failures > 0 && now - this.#startedAt > stableAfterMs) this.#failures = 0;
    if (!this.#ready) this.#ready = this.spec.ready === undefined || (await probe(this.spec.ready));
  }

  /** Asks it to end, then makes it; resolves when it is gone. */
  async stop(): Promise<void> {
    const identity = this.#identity;
    this.#identity = undefined;
    this.#ready = false;
    if (identity !== undefined && signalProcess(identity, "SIGTERM")) {
      const deadline = Date.now() + stopTimeoutMs;
      while (isAlive(identity) && Date.now() < deadline) await sleep(25);
      signalProcess(identity, "SIGKILL");
      while (isAlive(identity)) await sleep(25);
    }
    removePidRecord(this.#config.runDir, this.spec.name);
  }

  #noticeEnd(now: number): void {
    this.#identity = undefined;
    this.#ready = false;
    this.#restarts += 1;
    this.#notBefore = now + Math.min(backoffMs.max, backoffMs.base * 2 ** this.#failures);
    this.#failures += 1;
  }

  #start(now: number): void {
    const [program, ...args] = this.spec.argv;
    if (program === undefined) return;
    const log = openLog(this.#config.logDir, this.spec.name);
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...this.spec.env },
      cwd: "/",
    });
    closeLog(log);
    // Without a handler a program that cannot be started would end the supervisor.
    child.on("error", () => undefined);
    child.unref();
    this.#startedAt = now;
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) {
      this.#noticeEnd(now);
      return;
    }
    this.#identity = identity;
    this.#record(now);
  }

  #record(now: number): void {
    if (this.#identity === undefined) return;
    const record: PidRecord = {
      identity: this.#identity,
      revision: this.spec.revision,
      restarts: this.#restarts,
      startedAt: new Date(now).toISOString(),
    };
    writePidRecord(this.#config.runDir, this.spec.name, record);
  }
}
