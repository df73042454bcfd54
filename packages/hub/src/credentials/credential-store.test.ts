import { createClient, resources, systemClock } from "@inkube/kube";
import { collectingLogger, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createCredentialStore } from "./credential-store.ts";

const key = { kind: "api-key", subject: "ann", name: "ci" } as const;
const token = { kind: "import", subject: "edge", name: "edge" } as const;

/** Stores of two replicas on an API server in memory. */
async function start() {
  const server = await startFakeApiServer();
  const client = createClient(server.config);
  await client.create(resources.namespaces, { metadata: { name: "inkube-system" } });
  const options = { client, clock: systemClock, random: Math.random, logger: collectingLogger() };
  const [here, there] = [createCredentialStore(options), createCredentialStore(options)];
  for (const store of [here, there]) {
    store.start();
    await store.whenSynced();
  }
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      await Promise.all([here.stop(), there.stop()]);
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("credentials", () => {
  it("are seen at once where they were written", async () => {
    await using replicas = await start();
    const { here } = replicas;
    for (let turn = 0; turn < 20; turn += 1) {
      const { credential } = await here.issue(key);
      expect(here.list("api-key", "ann")).toEqual([credential]);
      await here.revoke(credential.id);
      expect(here.get(credential.id)?.revokedAt).toEqual(expect.any(String));
      await here.remove(credential.id);
      expect(here.list("api-key")).toEqual([]);
    }
  });

  it("do not count where they were ended, though the copy does not know it yet", async () => {
    await using replicas = await start();
    const { here } = replicas;
    const [revoked, removed] = [await here.issue(key), await here.issue(key)];
    await here.stop();
    await here.revoke(revoked.credential.id);
    await here.remove(removed.credential.id);
    expect(here.list("api-key")).toHaveLength(2);
    expect(await here.verify(revoked.token, ["api-key"])).toEqual({ ok: false, why: "revoked" });
    expect(await here.verify(removed.token, ["api-key"])).toEqual({ ok: false, why: "unknown" });
  });

  it("of a subject go all at once but the one that stays, also those that the copy does not know yet", async () => {
    await using replicas = await start();
    const { here, there } = replicas;
    await here.stop();
    const [first, second] = [await there.issue(token), await there.issue(token)];
    const [other, ofOther] = [
      await there.issue({ ...token, kind: "host" }),
      await there.issue({ ...token, subject: "x" }),
    ];
    await here.removeAll("import", "edge", second.credential.id);
    expect(await here.verify(first.token, ["import"])).toEqual({ ok: false, why: "unknown" });
    for (const one of [second, ofOther]) expect(await here.verify(one.token, ["import"])).toMatchObject({ ok: true });
    expect(await here.verify(other.token, ["host"])).toMatchObject({ ok: true });
  });
});
