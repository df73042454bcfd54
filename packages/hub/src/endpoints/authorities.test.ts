import type { NestedCluster } from "@inkube/api";
import { createPki } from "@inkube/controlplane";
import { FakeClock } from "@inkube/kube/testing";
import { connectTunnel } from "@inkube/tunnel/testing";
import { describe, expect, it } from "vitest";
import { createTunnelRegistry } from "../tunnels/tunnel-registry.ts";
import { createAuthorities } from "./authorities.ts";

const pki = await createPki({ now: Date.now(), serverNames: ["127.0.0.1"] });
const [ca = "", leaf = "", key = ""] = [pki["ca.crt"], pki["apiserver.crt"], pki["ca.key"]];
const { signal } = new AbortController();
const cluster = {
  metadata: { name: "web", namespace: "team", uid: "u1" },
  status: { host: "edge" },
} as unknown as NestedCluster;

/** Authorities by an agent that answers one after the other. */
async function start(...answers: { status?: number; body: string }[]) {
  const asked: object[] = [];
  const end = await connectTunnel(({ method, path, headers }) => {
    const { "inkube-project": project, "inkube-cluster": name, "inkube-uid": uid } = headers;
    asked.push({ method, path, project, name, uid });
    return { status: 200, ...(answers[asked.length - 1] ?? { body: "" }) };
  });
  const registry = createTunnelRegistry(new FakeClock());
  registry.add("edge", end.tunnel);
  return { asked, authorities: createAuthorities(registry), [Symbol.asyncDispose]: () => end[Symbol.asyncDispose]() };
}

describe("the authority of a nested cluster", () => {
  it("is asked for once, again when somebody wants, and when it was forgotten", async () => {
    await using agent = await start({ body: ca }, { body: ca }, { body: ca });
    expect(await agent.authorities.of(cluster, signal)).toBe(ca);
    expect(await agent.authorities.of(cluster, signal)).toBe(ca);
    expect(agent.asked).toEqual([{ method: "GET", path: "/inkube/ca", project: "team", name: "web", uid: "u1" }]);
    await agent.authorities.again(cluster, signal);
    agent.authorities.forget("u1");
    await agent.authorities.of(cluster, signal);
    expect(agent.asked).toHaveLength(3);
  });

  it("is nothing but certificates of authorities, whatever the agent sends beside them", async () => {
    await using agent = await start({ body: `words\n${key}${leaf}${ca}` });
    expect(await agent.authorities.of(cluster, signal)).toBe(ca);
  });

  it.each([
    ["nothing", { body: "" }],
    ["words", { body: "no such thing" }],
    ["a certificate that is none", { body: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" }],
    ["a certificate of no authority", { body: leaf }],
    ["more than it ever is", { body: "x".repeat(300_000) + ca }],
    ["a refusal", { status: 404, body: ca }],
  ])("is not known when the agent sends %s", async (_what, answer) => {
    await using agent = await start(answer);
    expect(await agent.authorities.of(cluster, signal)).toBeUndefined();
  });

  it("is not known without a tunnel to this replica", async () => {
    const authorities = createAuthorities(createTunnelRegistry(new FakeClock()));
    expect(await authorities.of(cluster, signal)).toBeUndefined();
  });
});
