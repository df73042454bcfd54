import { apiVersion, hostClusters, type NestedCluster, nestedClusters, newToken } from "@inkube/api";
import { systemClock } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestHub, type TestHub } from "./testing/test-hub.ts";

let test: TestHub;
let admin: string;
beforeAll(async () => {
  test = await startTestHub();
  admin = await test.adminKey();
});
afterAll(() => test[Symbol.asyncDispose]());

async function eventually(check: () => Promise<void> | void): Promise<void> {
  const end = Date.now() + 120_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await systemClock.sleep(50);
    }
  }
}

const group = (name: string, hosts: string[], spec: object = {}) => ({
  apiVersion,
  kind: "ClusterGroup",
  metadata: { name },
  spec: { hosts: hosts.map((host) => ({ name: host })), distro: "k8s", ...spec },
});

describe("a hub", () => {
  it("gives the first administrator a key for the one-time token, once", async () => {
    let token = "";
    await eventually(async () => {
      const secrets = await test.admin.get(
        { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true },
        { namespace: "inkube-system", name: "hub-first-admin" },
      );
      const data = secrets?.data as { token: string } | undefined;
      token = Buffer.from(data?.token ?? "", "base64").toString();
      expect(token).toMatch(/^inf_/);
    });
    const first = await test.call(token, "POST", "/api/v1/setup");
    expect(first.statusCode).toBe(201);
    const me = await test.call(first.json().token, "GET", "/api/v1/me");
    expect(me.json()).toMatchObject({ user: "inkube:admin" });
    expect((await test.call(token, "POST", "/api/v1/setup")).statusCode).toBe(401);
  });

  it("refuses whoever shows nothing, and says so", async () => {
    const answer = await test.call(undefined, "GET", "/api/v1/clusters");
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error).toMatchObject({ code: "AUTH_REQUIRED", message: "No credential was sent" });
  });

  it("KEY-01 shows an API key once and stops it at once when it is revoked", async () => {
    const made = await test.call(admin, "POST", "/api/v1/keys", { name: "ci" });
    expect(made.statusCode).toBe(201);
    const { id, token } = made.json();
    await eventually(async () => expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(200));
    const listed = await test.call(admin, "GET", "/api/v1/keys");
    expect(listed.body).toContain(id);
    expect(listed.body).not.toContain(token);
    expect((await test.call(admin, "POST", `/api/v1/keys/${id}/revoke`)).json()).toMatchObject({ state: "revoked" });
    await eventually(async () => expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(401));
  });

  it("places a nested cluster on the group's host with room, and says what is missing where there is none", async () => {
    const host = {
      apiVersion,
      kind: "HostCluster",
      metadata: { name: "edge" },
      spec: { nesting: true, endpoint: { type: "Hub" } },
    };
    expect((await test.call(admin, "POST", "/api/v1/hosts", host)).statusCode).toBe(201);
    const bootstrap = await test.call(admin, "POST", "/api/v1/hosts/edge/import", {});
    expect(bootstrap.statusCode).toBe(201);
    const importToken = bootstrap.json().url.split("/").at(-1);
    const { id, hash, token } = newToken("host");
    const join = { id, hash, agentVersion: "0.1.0", version: "v1.34.4" };
    expect((await test.call(importToken, "POST", "/agent/v1/join", join)).json()).toEqual({ host: "edge" });
    const second = { ...join, ...newToken("host") };
    const again = await test.call(importToken, "POST", "/agent/v1/join", { ...join, id: second.id, hash: second.hash });
    expect(again.statusCode).toBe(410);
    const capacity = { cpu: "16", memory: "64Gi", "ephemeral-storage": "100Gi" };
    const report = { host: { version: "v1.34.4", nodes: 1, capacity } };
    expect((await test.call(token, "POST", "/agent/v1/report", report)).statusCode).toBe(200);
    expect((await test.call(admin, "POST", "/api/v1/groups", group("main", ["edge"]))).statusCode).toBe(201);

    const size = { cpu: "4", memory: "4Gi", storage: "2Gi" };
    for (const name of ["a", "b", "c", "d"]) {
      const body = { metadata: { name }, spec: { group: "main", size } };
      expect((await test.call(admin, "POST", "/api/v1/projects/default/clusters", body)).statusCode).toBe(201);
    }
    await eventually(async () => {
      const { items } = (await test.call(admin, "GET", "/api/v1/clusters?host=edge")).json();
      expect(items).toHaveLength(4);
    });
    const fifth = { metadata: { name: "e" }, spec: { group: "main", size } };
    const refused = await test.call(admin, "POST", "/api/v1/projects/default/clusters", fifth);
    expect(refused.statusCode).toBe(422);
    expect(refused.json().error.message).toContain("edge: needs 4 cpu, has 3.2 of 19.2 left");
    // One that may fit later waits, and says for what.
    const other = { ...host, metadata: { name: "later" } };
    expect((await test.call(admin, "POST", "/api/v1/hosts", other)).statusCode).toBe(201);
    expect((await test.call(admin, "POST", "/api/v1/groups", group("both", ["edge", "later"]))).statusCode).toBe(201);
    const waiting = { metadata: { name: "e" }, spec: { group: "both", size } };
    expect((await test.call(admin, "POST", "/api/v1/projects/default/clusters", waiting)).statusCode).toBe(201);
    await eventually(async () => {
      const object = (await test.call(admin, "GET", "/api/v1/projects/default/clusters/e")).json() as NestedCluster;
      const placed = object.status?.conditions?.find(({ type }) => type === "Placed");
      expect(placed).toMatchObject({ status: "False", reason: "InsufficientCapacity" });
      expect(placed?.message).toContain(
        "edge: needs 4 cpu, has 3.2 of 19.2 left; later: its agent has not connected yet",
      );
    });
    await test.admin.delete(hostClusters, { name: "none" });
    const first = await test.admin.get(nestedClusters, { namespace: "default", name: "a" });
    expect(first?.metadata.finalizers).toContain("inkube.dev/placement");
    expect(first?.spec).toMatchObject({ distro: "k8s" });
  });
});
