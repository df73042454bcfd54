import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

describe("the syncer's options", () => {
  it("have defaults that fit its own pod", () => {
    expect(readOptions([], {})).toMatchObject({
      only: undefined,
      tunnelPort: 8443,
      metricsPort: 9443,
      tlsDir: "/var/run/inkube/tls",
    });
  });

  it("are taken from the environment, and from flags before that", () => {
    const env = { INKUBE_TUNNEL_PORT: "1", INKUBE_METRICS_PORT: "2", INKUBE_DNS_FORWARD: "" };
    expect(readOptions(["--tunnel-port=3"], env)).toMatchObject({ tunnelPort: 3, metricsPort: 2, dnsForward: "" });
  });

  it("have health and metrics where the tunnel is, unless told otherwise", () => {
    expect(readOptions(["--listen=127.0.0.1"], {}).metricsListen).toBe("127.0.0.1");
    const { listen, metricsListen } = readOptions(["--listen=127.0.0.1", "--metrics-listen=10.244.0.9"], {});
    expect({ listen, metricsListen }).toEqual({ listen: "127.0.0.1", metricsListen: "10.244.0.9" });
  });

  it("name one nested cluster by its project and name", () => {
    expect(readOptions(["--cluster", "team/demo"], {}).only).toEqual({ project: "team", name: "demo" });
  });

  it.each([
    [["--cluster=demo"], "project/name"],
    [["--tunnel-port=no"], "tunnel-port"],
    [["--metrics-port=70000"], "metrics-port"],
    [["--unknown=1"], "unknown"],
    [["--log-level=loud"], "--log-level: loud is none of debug, info, warn, error"],
    [["--log-level="], "--log-level"],
  ])("refuse %j as bad usage, with words that name the flag", (args, words) => {
    expect(() => readOptions(args, {})).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringContaining(words) }),
    );
  });

  it("refuse a level that the environment names wrongly too", () => {
    expect(() => readOptions([], { INKUBE_LOG_LEVEL: "loud" })).toThrow("none of debug");
    expect(readOptions([], { INKUBE_LOG_LEVEL: "debug" }).logLevel).toBe("debug");
  });
});
