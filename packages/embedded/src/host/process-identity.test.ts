import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { identify, isAlive, signalProcess } from "./process-identity.ts";

describe("a process's identity", () => {
  it("is alive while exactly that process lives", async () => {
    const child = spawn("sleep", ["60"]);
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw new Error("the child has no identity");
    expect(isAlive(identity)).toBe(true);
    expect(signalProcess(identity, "SIGKILL")).toBe(true);
    await once(child, "exit");
    expect(isAlive(identity)).toBe(false);
    expect(signalProcess(identity, "SIGKILL")).toBe(false);
  });

  it("is not that of another process which has its pid now, or had it in another boot", () => {
    const identity = identify(process.pid);
    if (identity === undefined) throw new Error("this process has no identity");
    const other = { ...identity, startTime: `${Number(identity.startTime) + 1}` };
    expect(isAlive(other)).toBe(false);
    expect(signalProcess(other, "SIGKILL")).toBe(false);
    expect(isAlive({ ...identity, bootId: "another" })).toBe(false);
  });
});
