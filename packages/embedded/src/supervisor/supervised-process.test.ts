import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { isAlive, type ProcessIdentity } from "../host/process-identity.ts";
import { livingProcesses, readPidRecord, writePidRecord } from "./pid-record.ts";
import type { ProcessSpec, SupervisorConfig } from "./process-spec.ts";
import { SupervisedProcess } from "./supervised-process.ts";

const sleeper: ProcessSpec = {
  name: "sleeper",
  argv: ["sleep", "600"],
  env: { PATH: process.env.PATH ?? "" },
  after: [],
  revision: "one",
};

class Place implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "inkube-supervise-"));
  readonly config: SupervisorConfig = { cgroup: "/inkube-none", runDir: this.dir, logDir: this.dir, processes: [] };

  supervise(spec: Partial<ProcessSpec> = {}): SupervisedProcess {
    return new SupervisedProcess({ ...sleeper, ...spec }, this.config);
  }

  identity(): ProcessIdentity {
    const record = readPidRecord(this.dir, "sleeper");
    if (record === undefined) throw new Error("nothing is recorded");
    return record.identity;
  }

  async kill(): Promise<void> {
    const identity = this.identity();
    process.kill(identity.pid, "SIGKILL");
    while (isAlive(identity)) await sleep(5);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { record } of livingProcesses(this.dir)) process.kill(record.identity.pid, "SIGKILL");
    rmSync(this.dir, { recursive: true });
  }
}

describe("a supervised process", () => {
  it("waits for what it comes after", async () => {
    await using place = new Place();
    const supervised = place.supervise();
    await supervised.tick(0, false);
    expect(readPidRecord(place.dir, "sleeper")).toBeUndefined();
    await supervised.tick(0, true);
    expect(isAlive(place.identity())).toBe(true);
  });

  it("is started again after its end, each time after twice the wait", async () => {
    await using place = new Place();
    const supervised = place.supervise();
    let now = 0;
    await supervised.tick(now, true);
    for (const wait of [250, 500, 1000]) {
      await place.kill();
      await supervised.tick(now, true);
      await supervised.tick(now + wait - 1, true);
      expect(isAlive(place.identity())).toBe(false);
      now += wait;
      await supervised.tick(now, true);
      expect(isAlive(place.identity())).toBe(true);
    }
    expect(readPidRecord(place.dir, "sleeper")?.restarts).toBe(3);
  });

  it("lives on when its supervisor is gone and is adopted by the next one", async () => {
    await using place = new Place();
    await place.supervise().tick(0, true);
    const before = place.identity();
    const next = place.supervise();
    await next.adopt();
    await next.tick(0, true);
    expect(place.identity()).toEqual(before);
  });

  it("is stopped instead of adopted when what it was started with has changed", async () => {
    await using place = new Place();
    await place.supervise().tick(0, true);
    const before = place.identity();
    const next = place.supervise({ revision: "two" });
    await next.adopt();
    expect(isAlive(before)).toBe(false);
    await next.tick(0, true);
    expect(isAlive(place.identity())).toBe(true);
  });

  it("never takes or kills another process that has got its recorded pid", async () => {
    await using place = new Place();
    await using other = new Place();
    await other.supervise().tick(0, true);
    const stranger = other.identity();
    const identity = { ...stranger, startTime: `${Number(stranger.startTime) - 1}` };
    writePidRecord(place.dir, "sleeper", { identity, revision: "one", restarts: 0, startedAt: "" });
    const next = place.supervise();
    await next.adopt();
    await next.stop();
    expect(isAlive(stranger)).toBe(true);
    await next.tick(0, true);
    expect(place.identity().pid).not.toBe(stranger.pid);
  });

  it("that cannot be started at all is tried again, not given up", async () => {
    await using place = new Place();
    const broken = place.supervise({ argv: ["/nowhere/program"] });
    await broken.tick(0, true);
    expect(livingProcesses(place.dir)).toEqual([]);
    const mended = broken;
    mended.spec = sleeper;
    await mended.tick(250, true);
    expect(isAlive(place.identity())).toBe(true);
  });
});
