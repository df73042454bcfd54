import type { AddressInfo } from "node:net";
import { nestedClusters } from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { type Balancer, startBalancer } from "@inkube/tunnel/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AgentProgram, startAgentProgram } from "../hosts/testing/agent-program.ts";
import { importToken } from "../hosts/testing/joined-host.ts";
import type { Hub } from "../hub.ts";
import { eventually } from "../testing/eventually.ts";
import { setReplicas } from "../testing/service-endpoints.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeHost, makeProjects } from "../testing/two-projects.ts";

const cleanUp = new AsyncDisposableStack();
let test: TestHub;
let admin: string;
let balancer: Balancer;
let agent: AgentProgram;
let second: Hub;
beforeAll(async () => {
  test = cleanUp.use(await startTestHub());
  admin = await test.adminKey();
  await test.listen();
  second = await listeningReplica();
  balancer = cleanUp.use(await startBalancer([portOf(test.hub), portOf(second)]));
  await setReplicas(test.admin, ["hub-0", "hub-1"]);
  await makeHost(test, admin, "edge");
  await makeProjects(test, admin, "red");
  const token = await importToken(test, admin, "edge");
  agent = cleanUp.use(await startAgentProgram({ url: `http://127.0.0.1:${balancer.port}`, token }));
  const patch = { status: { host: "edge" } };
  const ref = { namespace: "red", name: "red-one" };
  await test.admin.patch(nestedClusters, ref, patch, { type: "merge", subresource: "status" });
});
afterAll(() => cleanUp.disposeAsync());

async function listeningReplica(): Promise<Hub> {
  const hub = await test.replica();
  cleanUp.defer(() => hub.stop());
  await hub.server.listen({ port: 0, host: "127.0.0.1" });
  return hub;
}

function portOf({ server }: Hub): number {
  return (server.server.address() as AddressInfo).port;
}

function ask({ server }: Hub) {
  const headers = { authorization: `Bearer ${admin}` };
  return server.inject({ method: "GET", url: "/clusters/red/red-one/version", headers });
}

/** Only the agent speaks so of a nested cluster without a control plane. */
async function expectAnswerOfAgent(hub: Hub): Promise<void> {
  await eventually(async () => {
    expect((await ask(hub)).json()).toMatchObject({ kind: "Status", message: "red-one has no API server yet" });
  });
}

function openedTunnels(): number {
  return test.log.entries.filter(({ message }) => message === "Agent opened its tunnel").length;
}

/** How often the agent has written this. */
function timesTold(message: string): number {
  return agent.log.split(`"msg":"${message}"`).length - 1;
}

describe("a hub of several replicas behind one address", () => {
  it("passes requests on to a host through every replica, each by a tunnel of its own", async () => {
    await expectAnswerOfAgent(test.hub);
    await expectAnswerOfAgent(second);
    for (const hub of [test.hub, second]) expect(hub.metrics()).toContain("\ninkube_hub_tunnels_open 1\n");
    // The agent's own 503 is passed on.
    expect(second.metrics()).toMatch(
      /\ninkube_hub_requests_total\{method="GET",route="\/clusters\/\*",status="5xx"\} \d+\n/,
    );
    expect(openedTunnels()).toBe(2);
  });

  it("goes on by one replica when another is killed, and its agents stay calm", async () => {
    balancer.lead([portOf(test.hub)]);
    await second.stop();
    await setReplicas(test.admin, ["hub-0"], ["hub-1"]);
    await expectAnswerOfAgent(test.hub);
    await eventually(() => expect(timesTold("Lost tunnel to hub")).toBe(1));
    await eventually(() => expect(test.hub.metrics()).toContain("\ninkube_hub_replicas 1\n"));
    // Long enough for an agent that would not stay calm.
    await systemClock.sleep(2_000);
    expect([timesTold("Lost tunnel to hub"), timesTold("Could not open tunnel to hub")]).toEqual([1, 0]);
    expect(openedTunnels()).toBe(2);
    await expectAnswerOfAgent(test.hub);
  });

  it("is found by its agents with a replica that joins", async () => {
    const third = await listeningReplica();
    balancer.lead([portOf(test.hub), portOf(third)]);
    await setReplicas(test.admin, ["hub-0", "hub-2"]);
    await expectAnswerOfAgent(third);
    await expectAnswerOfAgent(test.hub);
    expect(openedTunnels()).toBe(3);
  });

  it("says when to try again where an agent is connected to other replicas only", async () => {
    const apart = await listeningReplica();
    await eventually(() => expect(apart.synced).toBe(true));
    const answer = await ask(apart);
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "2"]);
    expect(answer.json().error).toMatchObject({
      code: "KUBE_UNREACHABLE",
      message: "Host edge is not connected to this replica of the hub yet",
      todo: "Its agent is connecting: try again in a few seconds.",
    });
  });

  it("does not ask anybody to wait for a host that nobody hears of", async () => {
    await makeHost(test, admin, "silent");
    const patch = { status: { host: "silent" } };
    const ref = { namespace: "red", name: "red-one" };
    await test.admin.patch(nestedClusters, ref, patch, { type: "merge", subresource: "status" });
    await eventually(async () => {
      const answer = await ask(test.hub);
      expect(answer.json().error?.message).toBe("Host silent is not connected to the hub");
      expect(answer.headers["retry-after"]).toBeUndefined();
    });
  });
});
