import { isAppError } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { reportedClusterStatus, reportedHostStatus } from "./reported-status.ts";

const ready = {
  type: "Ready",
  status: "True",
  observedGeneration: 3,
  lastTransitionTime: "2026-01-02T03:04:05Z",
  reason: "Ready",
  message: "The API server answers",
};

describe("what a host says of a nested cluster", () => {
  it("counts as it is when it is what agents say", () => {
    const status = {
      phase: "Ready",
      namespace: "inkube-red-one",
      distro: "k3s",
      version: "v1.34.4+k3s1",
      endpoint: { url: "https://one.red.example.com:6443", type: "Ingress" },
      observedGeneration: 3,
      conditions: [ready],
      syncer: { objects: 12, pods: 3 },
    };
    expect(reportedClusterStatus(status)).toEqual({ status, ignored: [] });
  });

  const ignored: [string, Record<string, unknown>][] = [
    ["where it was placed", { host: "other" }],
    ["what nobody knows", { spec: { size: {} }, owner: "me" }],
    ["inherited names", JSON.parse('{"__proto__": {"phase": "Ready"}, "constructor": 1, "toString": "x"}')],
    ["another phase", { phase: "<b>Ready</b>" }],
    ["a link that is a program", { endpoint: { url: "javascript:alert(1)" } }],
    ["a link with a password", { endpoint: { url: "https://user:pass@example.com" } }],
    ["a link that is none", { endpoint: { url: "https://" } }],
    ["a condition twice", { conditions: [ready, ready] }],
    ["a condition with another status", { conditions: [{ ...ready, status: "Maybe" }] }],
    ["a type that is a sentence", { conditions: [{ ...ready, type: "Ready for you" }] }],
    ["too many conditions", { conditions: Array.from({ length: 65 }, (_, i) => ({ ...ready, type: `T${i}` })) }],
    ["numbers without measure", { observedGeneration: -1, syncer: { objects: 1e300 } }],
  ];
  it.each(ignored)("does not count when it is %s; the rest does", (_, lie) => {
    const answer = reportedClusterStatus({ version: "v1.34.4", ...lie });
    expect(answer.status).toEqual({ version: "v1.34.4" });
    expect(answer.ignored).toEqual(Object.keys(lie));
  });

  it.each(["Placed", "EndpointReachableFromOutside"])("loses the condition %s, which the hub writes", (type) => {
    const forged = { ...ready, type };
    expect(reportedClusterStatus({ conditions: [ready, forged] }).status).toEqual({ conditions: [ready] });
  });

  it("loses what would move a cursor, hide or reorder text, and what is longer than anybody reads", () => {
    const message = "a\u001b[2Jb\u0000c\r\nd\u202ee\u200bf\ud800g";
    const { status } = reportedClusterStatus({ conditions: [{ ...ready, message }] });
    expect(status.conditions).toMatchObject([{ message: "a [2Jb c  d e f g" }]);
    const long = reportedClusterStatus({ conditions: [{ ...ready, message: "x".repeat(32_000) }] });
    expect(long.status.conditions).toMatchObject([{ message: "x".repeat(4096) }]);
  });

  it("is refused when it is larger than a status ever is", () => {
    const conditions = Array.from({ length: 60 }, (_, i) => ({ ...ready, type: `T${i}`, message: "x".repeat(4096) }));
    try {
      reportedClusterStatus({ conditions });
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error, "TOO_LARGE")).toBe(true);
    }
  });
});

describe("what a host says of itself", () => {
  it("counts, but for its phase and heartbeat", () => {
    const status = {
      version: "v1.34.4",
      agentVersion: "1.0.0",
      nodes: 3,
      capacity: { cpu: "7900m", memory: "32Gi", "nvidia.com/gpu": "2", pods: 110 },
      serviceCIDR: "10.96.0.0/16",
      metrics: "unavailable",
      conditions: [{ ...ready, type: "WildcardDNS" }],
    };
    const answer = reportedHostStatus({ ...status, phase: "Failed", heartbeat: "2999-01-01T00:00:00Z" });
    expect(answer).toEqual({ status, ignored: ["phase", "heartbeat"] });
  });

  it("NET-07 is of conditions that of the wildcard record alone, without what would move a cursor", () => {
    const record = { ...ready, type: "WildcardDNS", message: `a\u001b[2J${"x".repeat(32_000)}` };
    const others = ["Ready", "Placed", "Other", "EndpointReachableFromOutside"].map((type) => ({ ...ready, type }));
    const { status } = reportedHostStatus({ conditions: [...others, record] });
    expect(status.conditions).toEqual([{ ...record, message: `a [2J${"x".repeat(4091)}` }]);
    const twice = reportedHostStatus({ version: "v1.34.4", conditions: [record, record] });
    expect(twice).toEqual({ status: { version: "v1.34.4" }, ignored: ["conditions"] });
  });

  it.each([
    { capacity: { cpu: "much" } },
    { capacity: { cpu: "-1" } },
    { capacity: { "cpu\u001b[31m": "1" } },
    { capacity: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`r${i}`, "1"])) },
    { nodes: -1 },
    { nodes: "3" },
    { metrics: "perhaps" },
  ])("does not count as %j", (lie) => {
    expect(reportedHostStatus({ version: "v1.34.4", ...lie }).status).toEqual({ version: "v1.34.4" });
  });
});
