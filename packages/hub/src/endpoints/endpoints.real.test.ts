import {
  agentPaths,
  apiVersion,
  type Condition,
  getCondition,
  hostClusters,
  type NestedCluster,
  nestedClusters,
  tunnelHeaders,
  tunnelPaths,
} from "@inkube/api";
import { createPki } from "@inkube/controlplane";
import type { AgentAnswer, AgentRequest } from "@inkube/tunnel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectFakeAgent, type FakeAgent, placeOn } from "../testing/fake-agent.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { clusterBody, makeProjects } from "../testing/two-projects.ts";
import { startTlsEndpoint, type TlsEndpoint } from "./testing/tls-endpoint.ts";

const outside = "EndpointReachableFromOutside";
const domain = "*.clusters.example.test";
const fqdn = "named.red.clusters.example.test";

const pkiFor = (...serverNames: string[]) => createPki({ now: Date.now(), serverNames });
const [own, other] = [await pkiFor("127.0.0.1"), await pkiFor("127.0.0.1")];
/** Of the same authority as nothing else here; its certificate holds another address. */
const elsewhere = await pkiFor("192.0.2.1");

let test: TestHub;
let agent: FakeAgent;
let token: string;
let [right, foreign, misnamed, stopped]: TlsEndpoint[] = [];
/** Names that the hub looked up. */
const lookedUp: string[] = [];

/** Of `rotated` the agent knows an authority that is old by now when it is asked first. */
function answer({ path, headers }: AgentRequest): AgentAnswer {
  if (path !== tunnelPaths.ca) return { status: 200, body: "inside" };
  const cluster = headers[tunnelHeaders.cluster];
  const times = agent.seen.filter((one) => one.path === path && one.headers[tunnelHeaders.cluster] === cluster).length;
  const pki = cluster === "misnamed" ? elsewhere : cluster === "rotated" && times === 1 ? other : own;
  return { status: 200, body: pki["ca.crt"] ?? "" };
}

beforeAll(async () => {
  const lookup = async (name: string): Promise<string[]> => {
    lookedUp.push(name);
    return [];
  };
  test = await startTestHub({ dialling: { lookup, allowLoopback: true } });
  await makeProjects(test, await test.adminKey(), "red");
  const spec = { nesting: true, endpoint: { type: "NodePort", domain } };
  await test.admin.create(hostClusters, { apiVersion, kind: "HostCluster", metadata: { name: "edge" }, spec });
  agent = await connectFakeAgent(test, await test.listen(), "edge", answer);
  ({ token } = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" }));
  [right, foreign, misnamed, stopped] = await Promise.all([own, other, elsewhere, own].map(startTlsEndpoint));
  await stopped?.[Symbol.asyncDispose]();
});
afterAll(async () => {
  await Promise.all([right, foreign, misnamed].map((endpoint) => endpoint?.[Symbol.asyncDispose]()));
  await agent[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const nodePort = (endpoint: TlsEndpoint | undefined) => `https://127.0.0.1:${endpoint?.port}`;

async function make(name: string, type = "NodePort"): Promise<void> {
  const { spec, ...body } = clusterBody(name);
  const metadata = { name, namespace: "red" };
  await test.admin.create(nestedClusters, { ...body, metadata, spec: { ...spec, endpoint: { type } } });
  await placeOn(test, "edge", "red", name);
}

const clusterOf = async (name: string) =>
  (await test.admin.get(nestedClusters, { namespace: "red", name })) as NestedCluster | undefined;

/** What the agent says of a nested cluster. */
async function report(name: string, status: object): Promise<void> {
  const clusters = [{ project: "red", name, uid: (await clusterOf(name))?.metadata.uid ?? "", status }];
  const said = await test.call(token, "POST", agentPaths.report, { clusters });
  expect(said.statusCode, said.body).toBe(200);
  expect(said.json()).toEqual({ refused: [] });
}

async function seen(name: string): Promise<Condition> {
  return eventually(async () => {
    const condition = getCondition((await clusterOf(name))?.status?.conditions, outside);
    if (!condition) throw new Error(`nothing is said of ${name}`);
    return condition;
  });
}

const ready = { type: "Ready", reason: "Ready", message: "", observedGeneration: 1 } as const;
const at = { status: "True", lastTransitionTime: "2026-01-02T03:04:05Z" } as const;

describe("whether an endpoint answers outside its host", () => {
  it("NET-08 is True where the API server answers, verified by the authority that its agent names", async () => {
    await make("good");
    await report("good", { endpoint: { url: nodePort(right), type: "NodePort" }, conditions: [{ ...ready, ...at }] });
    expect(await seen("good")).toMatchObject({ status: "True", reason: "EndpointAnswersHub", observedGeneration: 1 });
    expect(right?.asked).toEqual(["/readyz"]);
  });

  it("NET-08 is asked again with the authority of now when another one has signed", async () => {
    await make("rotated");
    await report("rotated", { endpoint: { url: nodePort(right), type: "NodePort" } });
    expect(await seen("rotated")).toMatchObject({ status: "True", reason: "EndpointAnswersHub" });
  });

  it.each<[string, () => TlsEndpoint | undefined, string]>([
    ["foreign", () => foreign, "EndpointOtherToHub"],
    ["misnamed", () => misnamed, "EndpointSilentToHub"],
    ["silent", () => stopped, "EndpointSilentToHub"],
  ])(
    "NET-08 is False of one that is %s, whatever the agent says, and nothing is sent there",
    async (name, endpoint, reason) => {
      await make(name);
      const lie = { ...at, type: outside, reason: "EndpointAnswersHub", message: "Believe me" };
      await report(name, { endpoint: { url: nodePort(endpoint()), type: "NodePort" }, conditions: [lie] });
      const condition = await seen(name);
      expect(condition).toMatchObject({ status: "False", reason });
      expect(condition.message).toMatch(/may be meant/);
      expect(condition.message).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|authority/);
      expect(endpoint()?.asked).toEqual([]);
    },
  );

  it("NET-07 is False where the name under the host's domain does not resolve", async () => {
    await make("named", "Ingress");
    await report("named", { endpoint: { url: `https://${fqdn}:443`, type: "Ingress" } });
    expect(await seen("named")).toMatchObject({ status: "False", reason: "EndpointUnknownToHub" });
    expect(lookedUp).toEqual([fqdn]);
  });

  it("NET-07 is not found out for a name that is not under the host's domain", async () => {
    await make("astray", "Ingress");
    await report("astray", { endpoint: { url: "https://intranet.example.test:443", type: "Ingress" } });
    expect(await seen("astray")).toMatchObject({ status: "Unknown", reason: "EndpointNotDialled" });
    expect(lookedUp).not.toContain("intranet.example.test");
  });

  it("stands beside what the agent says, and goes with the endpoint", async () => {
    await make("leaving");
    const conditions = [{ ...ready, ...at }];
    await report("leaving", { endpoint: { url: nodePort(right), type: "NodePort" }, conditions });
    await seen("leaving");
    await report("leaving", { endpoint: { url: nodePort(right), type: "NodePort" }, phase: "Ready", conditions });
    expect(await seen("leaving")).toMatchObject({ status: "True" });
    await report("leaving", { conditions });
    await eventually(async () => {
      const { status } = (await clusterOf("leaving")) ?? {};
      expect(status?.conditions?.map(({ type }) => type)).not.toContain(outside);
      expect(getCondition(status?.conditions, "Ready")).toMatchObject({ status: "True" });
      expect(status?.host).toBe("edge");
    });
  });
});
