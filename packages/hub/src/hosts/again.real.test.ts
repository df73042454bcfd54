import { hostClusters, names } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import type { TestHub } from "../testing/test-hub.ts";
import { startAgentProgram } from "./testing/agent-program.ts";
import { importToken } from "./testing/joined-host.ts";
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

describe("an import that is applied again", () => {
  it("IMP-06 gives the agent that is there full access, and the hub knows it by the same credential", async () => {
    const name = "grown";
    const connection = async () => ({ url: served.url, ca: served.ca, token: await importToken(test, admin, name) });
    const status = async () =>
      (await test.admin.get(hostClusters, { name }))?.status as { access?: string } | undefined;
    const credentials = async () =>
      (
        await test.admin.list(resources.secrets, {
          namespace: names.systemNamespace,
          labelSelector: "inkube.dev/credential=host",
        })
      ).items.map(({ metadata }) => metadata.uid);
    await test.admin.create(hostClusters, { metadata: { name }, spec: { access: "read-only" } });
    await using agent = await startAgentProgram(await connection(), { access: "read-only" });
    await eventually(async () => expect((await status())?.access, agent.log).toBe("read-only"));
    const before = await credentials();
    expect(before).toHaveLength(1);
    // It only looks: the host got nothing of its settings.
    expect(agent.host.object(hostClusters, { name: names.localHost })).toBeUndefined();

    const spec = { access: "full", nesting: true, endpoint: { type: "Hub" } };
    await test.admin.patch(hostClusters, { name }, { spec }, { type: "merge" });
    await agent.replace(await connection(), { access: "full" });
    await eventually(async () => expect((await status())?.access, agent.log).toBe("full"));
    await eventually(() =>
      expect(agent.host.object(hostClusters, { name: names.localHost })?.spec).toMatchObject({ nesting: true }),
    );
    expect(await credentials()).toEqual(before);
    const offered = (await test.call(admin, "GET", "/api/v1/hosts?eligible=true")).json().items as unknown[];
    expect(offered).toHaveLength(1);
  });
});
