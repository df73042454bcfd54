import { X509Certificate } from "node:crypto";
import { names } from "@inkube/api";
import { createClient, resources } from "@inkube/kube";
import { collectingLogger, type FakeApiServer, FakeClock, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { secretData } from "../../objects/secret-data.ts";
import { createInternalCaKeeper } from "./internal-ca.ts";

const namespace = names.systemNamespace;
const day = 24 * 60 * 60_000;

async function start(clusterIP = "10.96.0.77") {
  const server = await startFakeApiServer();
  const client = createClient(server.config);
  const clock = new FakeClock();
  const metadata = { name: names.syncerService, namespace };
  await client.create(resources.services, {
    apiVersion: "v1",
    kind: "Service",
    metadata,
    spec: { clusterIP, ports: [{ port: 8443 }] },
  });
  const keeper = () => createInternalCaKeeper({ client, clock, logger: collectingLogger() });
  const dispose = async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
  };
  return { server, client, clock, keeper, [Symbol.asyncDispose]: dispose };
}

const stored = (server: FakeApiServer, name: string): Record<string, string> => {
  const secret = server.object(resources.secrets, { namespace, name });
  return secret ? secretData(secret) : {};
};

describe("the keeper of the internal authority", () => {
  it("makes the authority once: an agent that comes later reads the same", async () => {
    await using host = await start();
    const first = await host.keeper().authority();
    expect(await host.keeper().authority()).toEqual(first);
  });

  it("lets one of two agents that start together fail instead of making a second authority", async () => {
    await using host = await start();
    const results = await Promise.allSettled([host.keeper().authority(), host.keeper().authority()]);
    const made = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.certificate] : []));
    expect(new Set(made)).toEqual(new Set([stored(host.server, names.internalCaSecret)["tls.crt"]]));
  });

  it("issues the syncer's certificate for its Service's address, and leaves it alone afterwards", async () => {
    await using host = await start();
    await host.keeper().ensureServing();
    const first = stored(host.server, names.syncerTlsSecret);
    expect(new X509Certificate(first["tls.crt"] ?? "").checkIP("10.96.0.77")).toBe("10.96.0.77");
    expect(first["ca.crt"]).toBe(stored(host.server, names.internalCaSecret)["tls.crt"]);
    await host.keeper().ensureServing();
    expect(stored(host.server, names.syncerTlsSecret)).toEqual(first);
  });

  it("issues it again when it is due, and when the authority is another one", async () => {
    await using host = await start();
    await host.keeper().ensureServing();
    const first = stored(host.server, names.syncerTlsSecret)["tls.crt"];
    host.clock.jump(250 * day);
    await host.keeper().ensureServing();
    const second = stored(host.server, names.syncerTlsSecret)["tls.crt"];
    expect(second).not.toBe(first);
    await host.client.delete(resources.secrets, { namespace, name: names.internalCaSecret });
    await host.keeper().ensureServing();
    expect(stored(host.server, names.syncerTlsSecret)["tls.crt"]).not.toBe(second);
  });

  it("says what to do when the syncer's Service is missing", async () => {
    await using host = await start();
    await host.client.delete(resources.services, { namespace, name: names.syncerService });
    await expect(host.keeper().syncerClusterIP()).rejects.toMatchObject({
      code: "HOST_UNSUITABLE",
      todo: "Install the manifests of this version.",
    });
  });
});
