import { type NestedCluster, nestedClusters } from "@inkube/api";
import { connectFakeAgent, type FakeAgent, placeOn } from "./fake-agent.ts";
import { startTestHub, type TestHub } from "./test-hub.ts";
import { makeHost, makeProjects } from "./two-projects.ts";

/** A hub with hosts `edge`, which has red/red-one, and `far`, which has blue/blue-one; and the credential of `edge` in wrong hands. */
export interface TwoHosts extends AsyncDisposable {
  readonly test: TestHub;
  readonly url: string;
  readonly admin: string;
  readonly stolen: string;
  readonly agents: Readonly<Record<"edge" | "far", FakeAgent>>;
  /** The nested cluster of a project, as it is stored. */
  cluster(project: string): Promise<NestedCluster>;
}

export async function startTwoHosts(): Promise<TwoHosts> {
  const test = await startTestHub();
  const admin = await test.adminKey();
  await makeProjects(test, admin, "red", "blue");
  const url = await test.listen();
  const agentOf = async (host: string): Promise<FakeAgent> => {
    await makeHost(test, admin, host);
    return connectFakeAgent(test, url, host, () => ({ status: 200, body: `told by ${host}` }));
  };
  const agents = { edge: await agentOf("edge"), far: await agentOf("far") };
  await placeOn(test, "edge", "red", "red-one");
  await placeOn(test, "far", "blue", "blue-one");
  const { token } = await test.credentials.issue({ kind: "host", subject: "edge", name: "edge" });
  return {
    test,
    url,
    admin,
    stolen: token,
    agents,
    async cluster(project) {
      const found = await test.admin.get(nestedClusters, { namespace: project, name: `${project}-one` });
      return found as unknown as NestedCluster;
    },
    async [Symbol.asyncDispose]() {
      for (const agent of Object.values(agents)) await agent[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
}
