import type { HostStatus } from "@inkube/embedded";
import { describe, expect, it } from "vitest";
import type { Globals } from "../globals.ts";
import { takenDown } from "./take-down.ts";

const globals: Globals = { project: "default", color: true, quiet: false };
const absent: HostStatus = { name: "lab", stateDir: "/state/lab", state: "absent", processes: [] };

describe("inkube down", () => {
  it("adds nothing to the progress, whose last line says that the host is gone", async () => {
    expect(await takenDown(absent, globals)).toBe("");
  });

  it("says so itself when progress is off", async () => {
    expect(await takenDown(absent, { ...globals, quiet: true })).toBe("Host lab is gone\n");
  });

  it("gives the host's status to programs, with progress or without", async () => {
    for (const quiet of [false, true]) {
      expect(JSON.parse(await takenDown(absent, { ...globals, quiet, output: "json" }))).toEqual(absent);
    }
  });
});
