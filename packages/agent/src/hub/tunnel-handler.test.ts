import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { annotations, names, nestedClusters, tunnelHeaders, tunnelPaths } from "@inkube/api";
import { createClient, resources, systemClock } from "@inkube/kube";
import { collectingLogger, seededRandom, startFakeApiServer } from "@inkube/kube/testing";
import type { AgentRequest } from "@inkube/tunnel";
import { describe, expect, it } from "vitest";
import { cacheOf } from "../objects/owned-caches.ts";
import { createNestedRequests } from "./nested-requests.ts";
import { createTunnelHandler } from "./tunnel-handler.ts";

const namespace = "inkube-team-web";
const base64 = (values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));

/** A host with the nested cluster `team/web` and what is in its Secret with the certificates. */
async function startHost(pki?: Record<string, string>) {
  const server = await startFakeApiServer({ namespaceController: true, random: seededRandom(1) });
  server.register(nestedClusters);
  const client = createClient(server.config);
  for (const name of ["team", namespace]) await client.create(resources.namespaces, { metadata: { name } });
  await client.create(nestedClusters, {
    metadata: { name: "web", namespace: "team", annotations: { [annotations.hubUid]: "u1" } },
  });
  const status = { type: "merge", subresource: "status" } as const;
  await client.patch(nestedClusters, { namespace: "team", name: "web" }, { status: { namespace } }, status);
  if (pki) {
    await client.create(resources.secrets, { metadata: { name: names.pkiSecret, namespace }, data: base64(pki) });
  }
  const caches = { client, clock: systemClock, random: seededRandom(2), logger: collectingLogger() };
  const clusters = cacheOf(caches, nestedClusters);
  clusters.start();
  await clusters.whenSynced();
  const nested = createNestedRequests({ client, clusters, isLocal: () => false });
  const handle = createTunnelHandler({ client, nested });
  return {
    async ask(path: string, uid = "u1") {
      const headers = { [tunnelHeaders.project]: "team", [tunnelHeaders.cluster]: "web", [tunnelHeaders.uid]: uid };
      const request = { method: "GET", path, headers, body: Readable.from([]) } as unknown as AgentRequest;
      const answer = await handle(request, new AbortController().signal);
      const body = "body" in answer ? answer.body : "";
      return { status: answer.status, body: typeof body === "string" ? body : await text(body as Readable) };
    },
    async [Symbol.asyncDispose]() {
      await nested.close();
      await clusters.stop();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("what an agent answers itself", () => {
  it("NET-08 is the authority's certificate, and nothing of the key beside it", async () => {
    await using host = await startHost({ "ca.crt": "certificate", "ca.key": "the key", "sa.key": "another" });
    expect(await host.ask(tunnelPaths.ca)).toEqual({ status: 200, body: "certificate" });
  });

  it("is 404 before there is one", async () => {
    await using host = await startHost();
    expect(await host.ask(tunnelPaths.ca)).toMatchObject({ status: 404 });
    expect(await host.ask(tunnelPaths.kubeconfig)).toMatchObject({ status: 404 });
  });

  it("is 404 for a nested cluster of that name which is another", async () => {
    await using host = await startHost({ "ca.crt": "certificate" });
    const answer = await host.ask(tunnelPaths.ca, "u2");
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain("certificate");
  });
});
