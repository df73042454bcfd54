import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseTarget, parseAuthority } from "./target.ts";

const lookup = {
  nodeByAddress: (ip: string) => (ip === "10.0.0.5" ? "node-a" : undefined),
  ownsAddress: (ip: string) =>
    ["10.96.0.7", "10.244.1.2", "fd00::7", "10.0.0.5", "127.0.0.1", "169.254.169.254"].includes(ip),
};
const choose = (text: string) => {
  const authority = parseAuthority(text);
  return authority && chooseTarget(authority, lookup);
};

describe("the target of a tunnelled connection", () => {
  it.each([
    ["10.0.0.5:10250", { kind: "kubelet", node: "node-a" }],
    ["syncer.inkube.internal:443", { kind: "admission" }],
    ["10.96.0.7:443", { kind: "network", host: "10.96.0.7", port: 443 }],
    ["[fd00::7]:8443", { kind: "network", host: "fd00::7", port: 8443 }],
    ["hooks.team.svc:443", { kind: "service", name: "hooks", namespace: "team", port: 443 }],
    ["hooks.team.svc.cluster.local:443", { kind: "service", name: "hooks", namespace: "team", port: 443 }],
  ])("is known for %s", (text, expected) => {
    expect(choose(text)).toEqual(expected);
  });

  it.each([
    ["another tenant's address", "10.96.0.8:443"],
    ["a node's other ports, even when a pod shares its address", "10.0.0.5:22"],
    ["loopback, whatever a pod's status claims", "127.0.0.1:8443"],
    ["the cloud's metadata service", "169.254.169.254:80"],
    ["a name outside the cluster", "example.com:443"],
    ["the admission name at another port", "syncer.inkube.internal:22"],
    ["an IPv4 address in IPv6 clothes", "[::ffff:127.0.0.1]:80"],
  ])("is refused for %s", (_why, text) => {
    expect(choose(text)?.kind).toBe("refused");
  });

  it.each([
    "",
    "host",
    "host:0",
    "host:65536",
    "a b:1",
    "user@10.0.0.5:10250",
    "10.0.0.5:10250/path",
    "[zz::1]:1",
    "[::1:1",
  ])("is not read from %j", (text) => {
    expect(parseAuthority(text)).toBeUndefined();
  });

  it("never leads to an address that the cluster does not own", () => {
    const port = fc.integer({ min: 1, max: 65535 });
    void fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
          fc.domain(),
        ),
        port,
        (host, number) => {
          const target = choose(`${host}:${number}`);
          if (target?.kind === "network") expect(lookup.ownsAddress(target.host)).toBe(true);
          else expect(["refused", "service", "kubelet", "admission", undefined]).toContain(target?.kind);
        },
      ),
    );
  });
});
