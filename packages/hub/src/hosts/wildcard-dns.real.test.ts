import { type Condition, hostClusters, names, type Report, setCondition } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startNameServer } from "../../../agent/src/testing/name-server.ts";
import { eventually } from "../testing/eventually.ts";
import { report } from "../testing/host-calls.ts";
import type { TestHub } from "../testing/test-hub.ts";
import { startAgentProgram } from "./testing/agent-program.ts";
import { importToken, joinHost } from "./testing/joined-host.ts";
import { type ServedHub, startServedHub } from "./testing/served-hub.ts";

let hub: ServedHub;
let test: TestHub;
let admin: string;
let served: ServedHub["served"];
beforeAll(async () => {
  hub = await startServedHub();
  ({ test, admin, served } = hub);
});
afterAll(() => hub?.[Symbol.asyncDispose]());

const endpoint = { type: "Ingress", domain: "*.clusters.example.com" };

async function makeHost(name: string): Promise<void> {
  await test.admin.create(hostClusters, { metadata: { name }, spec: { nesting: true, endpoint } });
}

async function read(name: string): Promise<KubeObject | undefined> {
  return test.admin.get(hostClusters, { name });
}

async function conditionsOf(name: string): Promise<Condition[]> {
  return ((await read(name))?.status as { conditions?: Condition[] } | undefined)?.conditions ?? [];
}

describe("NET-07 the wildcard record of a host", () => {
  it("is looked up by its agent, and the hub knows what was found before there is a nested cluster", async () => {
    const name = "edge";
    const records = new Map<string, string>();
    await using dns = await startNameServer((asked) => records.get(asked.split(".").slice(2).join(".")));
    records.set("other.example.com", "203.0.113.7");
    await makeHost(name);
    const connection = { url: served.url, ca: served.ca, token: await importToken(test, admin, name) };
    await using agent = await startAgentProgram(connection, { args: [`--dns-server=${dns.address}`] });
    const shown = (wanted: object[]) =>
      eventually(async () => expect(await conditionsOf(name), agent.log).toEqual(wanted));
    const lastTransitionTime = expect.any(String);
    const message = expect.stringContaining("The record should be: *.clusters.example.com A <address of the ingress");
    await shown([{ type: "WildcardDNS", status: "False", reason: "DNSRecordMissing", message, lastTransitionTime }]);
    const change = (spec: object) => test.admin.patch(hostClusters, { name }, { spec }, { type: "merge" });
    await change({ endpoint: { domain: "*.other.example.com" } });
    const found = expect.stringContaining("Names under the wildcard DNS name resolve.");
    await shown([
      { type: "WildcardDNS", status: "True", reason: "DNSRecordFound", message: found, lastTransitionTime },
    ]);
    await change({ endpoint: { type: "Hub", domain: null } });
    await shown([]);
  });

  it("is the only condition that a host can plant, bounded in size and harmless on a terminal", async () => {
    const name = "liar";
    await makeHost(name);
    const { token } = await joinHost(test, admin, name);
    const refused = { type: "Ready", status: "False", reason: "HostVersionTooOld", message: "The hub's" } as const;
    const [ofHub] = setCondition([], refused, 0);
    const object = { apiVersion: "inkube.dev/v1alpha1", kind: "HostCluster", metadata: { name } };
    const asHub = { fieldManager: "inkube-hub-join", force: true, subresource: "status" } as const;
    await test.admin.apply(hostClusters, { ...object, status: { conditions: [ofHub] } }, asHub);
    const forged = { status: "True", reason: "Lie", lastTransitionTime: "2026-01-01T00:00:00Z" } as const;
    const long = `\u001b]0;owned\u0007${"x".repeat(20_000)}`;
    const types = ["Ready", "Placed", "GroupReady", "EndpointReachableFromOutside", "WildcardDNS"];
    const conditions = types.map((type) => ({ ...forged, type, message: long }));
    const send = async (body: Report): Promise<void> => {
      const answer = await report(test, token, body as Report & Record<string, unknown>);
      expect(answer.statusCode, answer.body).toBe(200);
    };
    await send({ host: { version: "v1.34.4", conditions } });
    const [first, second, ...rest] = await conditionsOf(name);
    expect([first, rest]).toEqual([ofHub, []]);
    expect(second).toMatchObject({ ...forged, type: "WildcardDNS" });
    expect(second?.message).toMatch(/^ \]0;owned x+$/);
    expect(second?.message).toHaveLength(4096);
    // What is not said any more goes at once, what the hub says stays.
    await send({ host: { version: "v1.34.4" } });
    await eventually(async () => expect(await conditionsOf(name)).toEqual([ofHub]));
  });

  it("is written when it changes, and not again while nothing does", async () => {
    const name = "steady";
    await makeHost(name);
    const record = {
      type: "WildcardDNS",
      reason: "DNSRecordFound",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    const { report: tell } = await joinHost(test, admin, name, { conditions: [{ ...record, status: "True" }] });
    const version = async () => (await read(name))?.metadata.resourceVersion;
    // The hub's own view is a moment behind, and its controllers write what they have to say.
    await eventually(async () => {
      const before = await version();
      await tell({ conditions: [{ ...record, status: "True" }] });
      expect(await version()).toBe(before);
    });
    await tell({ conditions: [{ ...record, status: "False" }] });
    expect(await conditionsOf(name)).toMatchObject([{ type: "WildcardDNS", status: "False" }]);
  });

  it("is left to the agent on the hub's own cluster, which writes the same object", async () => {
    const name = names.localHost;
    if (!(await read(name))) await makeHost(name);
    const { token } = await test.credentials.issue({ kind: "host", subject: name, name });
    const record = { type: "WildcardDNS", status: "True", reason: "DNSRecordFound", message: "" };
    const conditions = [{ ...record, lastTransitionTime: "2026-01-01T00:00:00Z" }];
    const answer = await report(test, token, { host: { version: "v1.34.4", conditions } });
    expect(answer.statusCode, answer.body).toBe(200);
    expect((await read(name))?.status).toMatchObject({ version: "v1.34.4" });
    expect(await conditionsOf(name)).toEqual([]);
  });
});
