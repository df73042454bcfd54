import { randomBytes } from "node:crypto";
import { createClient, resources, systemClock } from "@inkube/kube";
import { collectingLogger, startFakeApiServer } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createCredentialStore } from "../../credentials/credential-store.ts";
import { eventually } from "../../testing/eventually.ts";
import { createSealer } from "./sealed.ts";
import { challengeOf, createSessions } from "./sessions.ts";
import { sweepSessions } from "./sweep-sessions.ts";

const ann = { user: "oidc:ann", groups: ["oidc:team-a"] };
const verifier = "v".repeat(43);
const refused = { code: "AUTH_REQUIRED" };

/** Sessions on an API server in memory, with a time that the test moves. */
async function start() {
  const server = await startFakeApiServer();
  const client = createClient(server.config);
  await client.create(resources.namespaces, { metadata: { name: "inkube-system" } });
  let skipped = 0;
  // Watches need time that passes by itself.
  const clock = { now: () => systemClock.now() + skipped, sleep: systemClock.sleep };
  const logger = collectingLogger();
  const credentials = createCredentialStore({ client, clock, random: Math.random, logger });
  credentials.start();
  await credentials.whenSynced();
  const key = randomBytes(32);
  const sealer = createSealer(async () => key, clock);
  return {
    sessions: createSessions({ credentials, sealer, clock }),
    credentials,
    clock,
    logger,
    skip: (ms: number) => {
      skipped += ms;
    },
    async secrets(): Promise<number> {
      return (await client.list(resources.secrets, { namespace: "inkube-system" })).items.length;
    },
    async [Symbol.asyncDispose]() {
      await credentials.stop();
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("a code for a command line", () => {
  it("gives whoever knows the verifier a session, once, however many try at the same time", async () => {
    await using hub = await start();
    const code = await hub.sessions.codeFor(ann, challengeOf(verifier), 30);
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => hub.sessions.redeem(code, verifier)));
    const given = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(given).toHaveLength(1);
    expect(given[0]?.credential).toMatchObject({ kind: "session", subject: "oidc:ann", groups: ["oidc:team-a"] });
    expect(await hub.credentials.verify(given[0]?.token ?? "", ["session"])).toMatchObject({ ok: true });
    await expect(hub.sessions.redeem(code, verifier)).rejects.toMatchObject(refused);
  });

  it("is not spent by somebody without the verifier", async () => {
    await using hub = await start();
    const code = await hub.sessions.codeFor(ann, challengeOf(verifier), 30);
    await expect(hub.sessions.redeem(code, "w".repeat(43))).rejects.toMatchObject(refused);
    expect((await hub.sessions.redeem(code, verifier)).credential.subject).toBe("oidc:ann");
  });

  it("is good for a minute, and is no session itself", async () => {
    await using hub = await start();
    const code = await hub.sessions.codeFor(ann, challengeOf(verifier), 30);
    await eventually(() => expect(hub.credentials.list("session")).toHaveLength(1));
    expect(hub.sessions.list()).toEqual([]);
    expect(await hub.credentials.verify(code, ["session"])).toMatchObject({ ok: false });
    hub.skip(61_000);
    await expect(hub.sessions.redeem(code, verifier)).rejects.toMatchObject(refused);
  });

  it.each(["", "x", "a.b.c.d.e"])("is not %j", async (code) => {
    await using hub = await start();
    await expect(hub.sessions.redeem(code, verifier)).rejects.toMatchObject(refused);
  });
});

describe("sessions that ended", () => {
  it("count no more, and are taken away; others stay", async () => {
    await using hub = await start();
    const short = await hub.sessions.begin(ann, "browser", 10);
    const long = await hub.sessions.begin(ann, "browser", 60);
    const left = await hub.sessions.begin(ann, "command line", 60);
    await hub.sessions.end(left.credential.id);
    hub.skip(11 * 60_000);
    expect(await hub.credentials.verify(short.token, ["session"])).toEqual({ ok: false, why: "expired" });
    await eventually(() => expect(hub.sessions.list("oidc:ann").map(({ id }) => id)).toEqual([long.credential.id]));
    const stop = new AbortController();
    const sweeping = sweepSessions({ ...hub, signal: stop.signal });
    await eventually(async () => expect(await hub.secrets()).toBe(1));
    stop.abort();
    await sweeping;
    expect(await hub.credentials.verify(long.token, ["session"])).toMatchObject({ ok: true });
  });

  it("are the oldest of somebody who has more than twenty", async () => {
    await using hub = await start();
    const all = [];
    for (let one = 0; one < 22; one += 1) {
      hub.skip(1_000);
      all.push(await hub.sessions.begin(ann, "browser", 60));
      await eventually(() => expect(hub.credentials.list("session")).toHaveLength(one + 1));
    }
    const other = await hub.sessions.begin({ user: "oidc:bob", groups: [] }, "browser", 60);
    await eventually(() => expect(hub.sessions.list("oidc:ann")).toHaveLength(20));
    const kept = hub.sessions.list("oidc:ann").map(({ id }) => id);
    expect(kept).toEqual(all.slice(2).map(({ credential }) => credential.id));
    expect(await hub.credentials.verify(other.token, ["session"])).toMatchObject({ ok: true });
  });
});
