import { hostName } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { createKindContext } from "./kind-context.ts";
import { tenantWording } from "./tenant-wording.ts";
import { identity } from "./testing/fixtures.ts";

const context = createKindContext({
  identity,
  clusterDomain: "cluster.local",
  nested: () => undefined,
  host: () => undefined,
  usingKinds: [],
});
const longName = "a-very-long-name-that-does-not-fit-into-what-a-label-can-hold";
const pair = (name: string) => ({ hostName: hostName(name, "shop", "demo"), name, namespace: "shop" });

describe("a refusal in the tenant's terms", () => {
  it.each([
    [
      'pods "web-x-shop-x-demo" is forbidden: exceeded quota: size, requested: pods=1, used: pods=5, limited: pods=5',
      'pods "web" is forbidden: exceeded quota: size, requested: pods=1, used: pods=5, limited: pods=5',
    ],
    [
      'pods "web-x-shop-x-demo" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      'pods "web" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    ],
    [
      'secret "creds-x-shop-x-demo" not found in namespace "inkube-team-demo-abcde"',
      'secret "creds" not found in namespace "shop"',
    ],
  ])("says %j", (told, expected) => {
    expect(tenantWording(told, context, pair("web"))).toBe(expected);
  });

  it("replaces a name that was cut, too", () => {
    const told = tenantWording(`pods "${pair(longName).hostName}" is invalid`, context, pair(longName));
    expect(told).toBe(`pods "${longName}" is invalid`);
  });

  it("tells nothing of the syncer's own rights", () => {
    const message =
      'pods is forbidden: User "system:serviceaccount:inkube-system:inkube-syncer" cannot create resource "pods"';
    expect(tenantWording(message, context, pair("web"))).not.toMatch(/system:|inkube-/);
  });

  it("fits into an Event", () => {
    expect(tenantWording("x".repeat(5_000), context, pair("web"))).toHaveLength(1024);
  });
});
