import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("readOptions", () => {
  it("uses the pod's own account and the documented port unless told otherwise", () => {
    const log = { logLevel: "info", leaderElection: true };
    expect(readOptions([])).toEqual({ programImage: "inkube", port: 9444, ...log, access: "full", dnsServers: [] });
  });

  it.each([
    [["--port", "many"], "--port many"],
    [["--log-level", "loud"], "--log-level loud"],
    [["--unknown", "x"], "--unknown"],
  ])("refuses %j and names the flag", (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });
});
