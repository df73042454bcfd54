import { agentPaths, nestedClusters } from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { type AgentAnswer, type AgentRequest, openTunnel } from "@inkube/tunnel";
import { eventually } from "./eventually.ts";
import type { TestHub } from "./test-hub.ts";

/** An agent that has nothing but its tunnel, and remembers what it was asked. */
export interface FakeAgent extends AsyncDisposable {
  readonly seen: AgentRequest[];
}

/** Connects to a hub that listens at `url`, as this host. */
export async function connectFakeAgent(
  test: TestHub,
  url: string,
  host: string,
  handle: (request: AgentRequest) => AgentAnswer,
): Promise<FakeAgent> {
  const { token } = await test.credentials.issue({ kind: "host", subject: host, name: host });
  const seen: AgentRequest[] = [];
  const connected = Promise.withResolvers<void>();
  const tunnel = openTunnel({
    url: url.replace("http", "ws") + agentPaths.tunnel,
    headers: () => ({ authorization: `Bearer ${token}` }),
    handle: (request) => {
      seen.push(request);
      return handle(request);
    },
    clock: systemClock,
    random: Math.random,
    logger: test.log,
    onConnected: () => connected.resolve(),
  });
  await connected.promise;
  return { seen, [Symbol.asyncDispose]: () => tunnel.stop() };
}

/** Says of a nested cluster that it runs on this host, and waits until the hub passes requests on to it. */
export async function placeOn(test: TestHub, host: string, project: string, name: string): Promise<void> {
  const patch = { status: { host } };
  await test.admin.patch(nestedClusters, { namespace: project, name }, patch, { type: "merge", subresource: "status" });
  const admin = await test.adminKey();
  await eventually(async () => {
    const answer = await test.call(admin, "GET", `/clusters/${project}/${name}/readyz`);
    if (answer.statusCode !== 200) throw new Error(answer.body);
  });
}
