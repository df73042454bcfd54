import { type HostCluster, hostClusters, newToken } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { importToken } from "./testing/joined-host.ts";

let test: TestHub;
let admin: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
});
afterAll(() => test[Symbol.asyncDispose]());

const { id, hash } = newToken("host");
const join = (token: string, version: string) =>
  test.call(token, "POST", "/agent/v1/join", { id, hash, agentVersion: "0.1.0", version });

async function make(name: string, access: string): Promise<string> {
  const made = await test.call(admin, "POST", "/api/v1/hosts", { metadata: { name }, spec: { access } });
  expect(made.statusCode, made.body).toBe(201);
  return importToken(test, admin, name);
}

async function statusOf(name: string): Promise<NonNullable<HostCluster["status"]>> {
  return ((await test.admin.get(hostClusters, { name }))?.status ?? {}) as NonNullable<HostCluster["status"]>;
}

describe("IMP-03 a cluster that is too old", () => {
  it("cannot join, the host says which versions, and it joins by the same import once it is new enough", async () => {
    const token = await make("old", "full");
    await eventually(async () => expect((await statusOf("old")).phase).toBe("Importing"));
    const message =
      "The cluster is too old to be a host. It runs v1.18.20, and a host with access full needs v1.31 or later.";
    for (let times = 0; times < 2; times += 1) {
      const refused = await join(token, "v1.18.20");
      expect(refused.statusCode, refused.body).toBe(422);
      expect(refused.json().error).toMatchObject({
        code: "SPEC_INVALID",
        fields: [{ field: "version" }],
        message: expect.stringContaining(message),
        todo: "Upgrade the cluster; its agent tries again by itself.",
      });
    }
    await eventually(async () => {
      const { phase, conditions } = await statusOf("old");
      expect(phase).toBe("Failed");
      expect(conditions).toMatchObject([{ type: "Ready", status: "False", reason: "HostVersionTooOld" }]);
      expect(conditions?.[0]?.message).toContain(message);
    });
    // Nothing calls it Importing again.
    await test.admin.patch(hostClusters, { name: "old" }, { metadata: { labels: { a: "b" } } }, { type: "merge" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await statusOf("old")).phase).toBe("Failed");
    expect((await join(token, "v1.31.0")).statusCode).toBe(200);
    await eventually(async () => {
      const { phase, conditions } = await statusOf("old");
      expect([phase, conditions ?? []]).toEqual(["Importing", []]);
    });
  });

  it("may be older where the agent only looks", async () => {
    expect((await join(await make("looked-at", "read-only"), "v1.21.14-gke.100")).statusCode).toBe(200);
    const refused = await join(await make("too-old", "read-only"), "v1.18.20");
    expect(refused.json().error.message).toContain("needs v1.21 or later");
  });
});
