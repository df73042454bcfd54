import { names } from "@inkube/api";
import { type Client, createClient, resources, systemClock } from "@inkube/kube";
import { collectingLogger, type RealApiServer, startRealApiServer } from "@inkube/kube/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureServingCertificate } from "./certificates.ts";

const ref = { namespace: names.systemNamespace, name: names.hubTlsSecret };
let server: RealApiServer;
let client: Client;
beforeAll(async () => {
  server = await startRealApiServer();
  client = createClient(server.config);
  await client.create(resources.namespaces, { metadata: { name: names.systemNamespace } });
});
afterAll(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

/** What so many replicas serve with that start at once. */
async function startTogether(hostNames: readonly string[]): Promise<Set<string>> {
  const options = { client, clock: systemClock, logger: collectingLogger(), hostNames };
  const pairs = await Promise.all(Array.from({ length: 4 }, () => ensureServingCertificate(options)));
  return new Set(pairs.map(({ certificate, key, ca }) => [certificate, key, ca].join()));
}

async function kept(): Promise<string> {
  const secret = await client.get(resources.secrets, ref);
  return Buffer.from((secret?.data as Record<string, string> | undefined)?.["tls.crt"] ?? "", "base64").toString();
}

it("replicas that start at once serve with one certificate, the one that is kept", async () => {
  const [first, ...others] = await startTogether(["hub.example.test"]);
  expect(others).toEqual([]);
  expect(first).toContain(await kept());
});

it("replicas that find one for another name make one together", async () => {
  const before = await kept();
  const [first, ...others] = await startTogether(["other.example.test"]);
  expect(others).toEqual([]);
  expect(first).toContain(await kept());
  expect(await kept()).not.toBe(before);
});
