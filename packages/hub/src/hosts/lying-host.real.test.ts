import { type HostCluster, hostClusters } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { report } from "../testing/host-calls.ts";
import type { TestHub } from "../testing/test-hub.ts";
import { startTwoHosts, type TwoHosts } from "../testing/two-hosts.ts";

let scene: TwoHosts;
let test: TestHub;
let stolen: string;
beforeAll(async () => {
  scene = await startTwoHosts();
  ({ test, stolen } = scene);
});
afterAll(() => scene[Symbol.asyncDispose]());

describe("a host that lies", () => {
  it("cannot speak of a nested cluster of another host, or of an earlier one of the same name", async () => {
    const [red, blue] = [await scene.cluster("red"), await scene.cluster("blue")];
    const status = { phase: "Failed", version: "v9.9.9" };
    const lies = [
      { project: "blue", name: "blue-one", uid: blue.metadata.uid ?? "", status },
      { project: "blue", name: "blue-one", uid: blue.metadata.uid ?? "", gone: true },
      { project: "red", name: "red-one", uid: blue.metadata.uid ?? "", status },
      { project: "red", name: "red-one", uid: "", status },
      { project: "red", name: "red-one", uid: red.metadata.uid ?? "", gone: true },
      { project: "kube-system", name: "red-one", uid: red.metadata.uid ?? "", status },
    ];
    const answer = await report(test, stolen, { clusters: lies });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json().refused).toEqual(lies.map(({ project, name }) => `${project}/${name}`));
    expect((await scene.cluster("blue")).status).toEqual(blue.status);
    expect((await scene.cluster("red")).status?.phase).toBe(red.status?.phase);
    expect((await scene.cluster("red")).metadata.deletionTimestamp).toBeUndefined();
  });

  it("changes of its own nested cluster the status alone, and of that only what is a host's to say", async () => {
    const before = await scene.cluster("red");
    const condition = { status: "False", reason: "Lie", lastTransitionTime: "2026-01-01T00:00:00Z" };
    const answer = await report(test, stolen, {
      clusters: [
        {
          project: "red",
          name: "red-one",
          uid: before.metadata.uid ?? "",
          spec: { size: { cpu: "999" } },
          metadata: { labels: { team: "mine" }, finalizers: ["example.com/keep"], ownerReferences: [] },
          status: {
            host: "far",
            metadata: { finalizers: ["example.com/keep"] },
            phase: "Ready",
            version: "v1.34.4\u001b[2J",
            endpoint: { url: "javascript:alert(1)" },
            conditions: [
              { ...condition, type: "Placed", message: "nowhere" },
              { ...condition, type: "Ready", message: "\u001b]0;owned\u0007\u202eno\r\nsecond line" },
            ],
          },
        } as never,
      ],
    });
    expect(answer.json(), answer.body).toEqual({ refused: [] });
    const { spec, metadata, status } = await scene.cluster("red");
    expect(spec).toEqual(before.spec);
    expect([metadata.labels, metadata.finalizers]).toEqual([before.metadata.labels, before.metadata.finalizers]);
    expect(status).toMatchObject({ host: "edge", phase: "Ready", version: "v1.34.4 [2J" });
    expect(status?.endpoint).toBeUndefined();
    const messages = (status?.conditions ?? []).map(({ type, message }) => [type, message]);
    expect(messages).toContainEqual(["Ready", " ]0;owned  no  second line"]);
    expect(JSON.stringify(messages)).not.toContain("nowhere");
    const shown = await test.call(scene.admin, "GET", "/api/v1/projects/red/clusters/red-one");
    expect(shown.body).not.toMatch(/\\u001b|\\u0007|\u202e|javascript:/);
  });

  it("says of its own host what hosts say, keeps its place, and says nothing of others", async () => {
    const of = async (name: string) => (await test.admin.get(hostClusters, { name })) as unknown as HostCluster;
    // Counting what is placed there is the hub's own, and may still be going on.
    await eventually(async () => expect((await of("far")).status?.clusters).toBe(1));
    const [edge, far] = [await of("edge"), await of("far")];
    const host = { version: "v1.34.4", phase: "Failed", heartbeat: "2999-01-01T00:00:00Z", name: "far", nodes: -5 };
    const answer = await report(test, stolen, { host: { ...host, spec: { access: "full" } }, removed: true });
    expect(answer.statusCode, answer.body).toBe(200);
    const after = await of("edge");
    expect(after.spec).toEqual(edge.spec);
    expect(after.metadata.deletionTimestamp).toBeUndefined();
    expect(after.status).toMatchObject({ version: "v1.34.4", phase: "Running" });
    expect(after.status?.nodes).toBeUndefined();
    expect(Date.parse(after.status?.heartbeat ?? "")).toBeLessThan(Date.now() + 1000);
    expect((await of("far")).status).toEqual(far.status);
  });

  it("is refused a report that is none, or larger than any", async () => {
    for (const body of [{ clusters: {} }, { clusters: [{ project: "../red", name: "x", uid: "u" }] }, { host: [] }]) {
      expect((await report(test, stolen, body as never)).statusCode).toBe(422);
    }
    const many = Array.from({ length: 1001 }, () => ({ project: "red", name: "red-one", uid: "u" }));
    expect((await report(test, stolen, { clusters: many })).statusCode).toBe(422);
    expect((await report(test, stolen, { host: { x: "x".repeat(9 * 1024 * 1024) } })).statusCode).toBe(413);
    // Of whoever has no such credential not even the body is read.
    const stranger = await report(test, undefined, { host: { x: "x".repeat(9 * 1024 * 1024) } });
    expect(stranger.statusCode).toBe(401);
  });
});
