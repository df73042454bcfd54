import { reasonMessage } from "@inkube/api";
import { gateways } from "@inkube/controlplane";
import { type KubeObject, type ResourceType, systemClock } from "@inkube/kube";
import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createServedTypes } from "../../host/served-types.ts";
import { cacheOf } from "../../objects/owned-caches.ts";
import { ownedTypes } from "../../objects/owned-types.ts";
import { createLookup, type Lookup } from "../../probe/lookup.ts";
import { domain, exposedHost, giveAddresses } from "../../testing/endpoint-scene.ts";
import { startNameServer } from "../../testing/name-server.ts";
import type { TestHost } from "../../testing/test-host.ts";
import { createWildcardLook, type WildcardLook } from "./wildcard-look.ts";

const policy = { type: "Ingress", domain } as const;
const gateway = { name: "public", namespace: "gateways" };
const gatewayType: ResourceType = { ...gateways, version: "v1", namespaced: true };

interface Scene extends AsyncDisposable {
  look: WildcardLook;
  host: TestHost;
  clock: FakeClock;
  /** What the look says of this policy, in the words of a condition. */
  words(policy: Parameters<WildcardLook>[0]): Promise<[string?, string?, string?]>;
}

/** A host with the nested cluster `team/demo`, whose endpoint is an Ingress with these addresses. */
async function scene(lookup: Lookup, addresses: object[] = []): Promise<Scene> {
  const host = await exposedHost(policy);
  if (addresses.length > 0) await giveAddresses(host, ownedTypes.Ingress, addresses);
  const { client } = host;
  const watching = { client, clock: systemClock, random: Math.random, logger: host.log };
  const ingresses = cacheOf(watching, ownedTypes.Ingress);
  ingresses.start();
  await ingresses.whenSynced();
  const clock = new FakeClock();
  const look = createWildcardLook({ client, clock, lookup, served: createServedTypes(client, clock), ingresses });
  return {
    look,
    host,
    clock,
    async words(wanted) {
      const found = await look(wanted);
      return found ? [found.status, found.reason, reasonMessage(found.reason, found.particulars)] : [];
    },
    async [Symbol.asyncDispose]() {
      await ingresses.stop();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** Answers of name servers, one after the other; the last stays. Remembers what was asked for. */
function answering(...answers: (string[] | Error)[]): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup = async (name: string): Promise<string[]> => {
    const answer = answers[Math.min(asked.push(name), answers.length) - 1] ?? [];
    if (answer instanceof Error) throw answer;
    return [...answer];
  };
  return Object.assign(lookup, { asked });
}

const ours = [{ ip: "203.0.113.7" }];

describe("a look at the wildcard record", () => {
  it.each([undefined, {}, { type: "Ingress" }, { type: "LoadBalancer", domain }, { type: "Hub", domain }] as const)(
    "NET-07 is not made where no record is needed: %j",
    async (wanted) => {
      const lookup = answering([]);
      await using test = await scene(lookup);
      expect(await test.look(wanted)).toBeUndefined();
      expect(lookup.asked).toEqual([]);
    },
  );

  it("NET-07 asks real name servers for a name that nobody asked for, and finds the record", async () => {
    await using server = await startNameServer((name) => (name.endsWith(".example.com") ? "203.0.113.7" : undefined));
    await using test = await scene(createLookup([server.address]), ours);
    expect(await test.words(policy)).toEqual(["True", "DNSRecordFound", "Names under the wildcard DNS name resolve."]);
    expect(server.asked[0]).toMatch(/^inkube-[0-9a-f]{10}\.inkube-[0-9a-f]{10}\.clusters\.example\.com$/);
    expect((await test.words({ ...policy, domain: "*.clusters.example.org" }))[1]).toBe("DNSRecordMissing");
  });

  it("NET-07 names the record that is missing, by the address of the ingress controller", async () => {
    await using test = await scene(answering([]), ours);
    expect(await test.words(policy)).toEqual([
      "False",
      "DNSRecordMissing",
      "The endpoint's name does not resolve. A random name under *.clusters.example.com does not resolve. The record should be: " +
        "*.clusters.example.com A 203.0.113.7. Create the wildcard record that the message names.",
    ]);
  });

  it("NET-07 says where a wrong record leads, in the same words whatever order the answer has", async () => {
    const lookup = answering(["192.0.2.2", "192.0.2.1"], ["192.0.2.1", "192.0.2.2"]);
    await using test = await scene(lookup, ours);
    const [status, reason, message] = await test.words(policy);
    expect([status, reason]).toEqual(["False", "DNSRecordWrong"]);
    expect(message).toContain("leads to 192.0.2.1, 192.0.2.2, the host has 203.0.113.7. The record should be: *.cl");
    test.clock.jump(60_000);
    expect((await test.words(policy))[2]).toBe(message);
    expect(new Set(lookup.asked).size).toBe(2);
  });

  it("NET-07 stays short however many addresses a name has", async () => {
    await using test = await scene(answering(Array.from({ length: 500 }, (_, i) => `192.0.2.${i}`)), ours);
    expect((await test.words(policy))[2]?.length).toBeLessThan(500);
  });

  it("NET-07 follows the name that a load balancer has, and compares nothing while the host tells no address", async () => {
    const lookup: Lookup = async (name) => (name === "lb.example.net" ? ["192.0.2.8"] : ["192.0.2.9"]);
    await using test = await scene(lookup, [{ hostname: "lb.example.net" }]);
    expect((await test.words(policy))[2]).toContain(
      "The record should be: *.clusters.example.com CNAME lb.example.net",
    );
    await using bare = await scene(lookup);
    expect(await bare.words(policy)).toEqual(["True", "DNSRecordFound", expect.stringContaining("not compared")]);
  });

  it("NET-07 compares with the addresses of the Gateway", async () => {
    const lookup = answering(["203.0.113.9"], ["203.0.113.7"]);
    await using test = await scene(lookup, ours);
    const wanted = { type: "Gateway", domain, gateway } as const;
    test.host.server.register(gatewayType);
    const object: KubeObject = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { ...gateway },
    };
    await test.host.client.create(gatewayType, object);
    const status = { addresses: [{ type: "IPAddress", value: "203.0.113.9" }] };
    await test.host.client.patch(gatewayType, gateway, { status }, { type: "merge", subresource: "status" });
    expect((await test.words(wanted))[1]).toBe("DNSRecordFound");
    test.clock.jump(60_000);
    const [, reason, message] = await test.words(wanted);
    expect([reason, message]).toEqual(["DNSRecordWrong", expect.stringContaining("A 203.0.113.9")]);
  });

  it("NET-07 is remembered for a minute, but not when the host offers something else", async () => {
    const lookup = answering([]);
    await using test = await scene(lookup, ours);
    await test.look(policy);
    test.clock.jump(50_000);
    await test.look(policy);
    expect(lookup.asked).toHaveLength(1);
    await test.look({ ...policy, domain: "*.other.example.com" });
    expect(lookup.asked[1]).toMatch(/\.other\.example\.com$/);
    test.clock.jump(60_000);
    await test.look({ ...policy, domain: "*.other.example.com" });
    expect(lookup.asked).toHaveLength(3);
  });

  it("NET-07 is unknown while no name server answers, and waits seconds at most for one that is silent", async () => {
    await using failing = await scene(answering(Object.assign(new Error("no"), { code: "ESERVFAIL" })), ours);
    expect(await failing.words(policy)).toEqual(["Unknown", "DNSUnanswered", expect.stringContaining("ESERVFAIL")]);
    await using silent = await scene(() => new Promise(() => undefined), ours);
    const found = silent.words(policy);
    await silent.clock.advance(3000);
    expect(await found).toEqual(["Unknown", "DNSUnanswered", expect.stringContaining("no answer in time")]);
    expect(silent.clock.sleeping).toBe(0);
  });
});
