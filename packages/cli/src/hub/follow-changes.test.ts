import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { followChanges, type ObjectChange } from "./follow-changes.ts";
import { openHub } from "./hub-client.ts";

type Answer = (response: ServerResponse) => void;

const event = (name: string, object?: object): string => `event: ${name}\ndata: ${JSON.stringify({ object })}\n\n`;
const web = (resourceVersion: string) => ({ metadata: { name: "web", namespace: "shop", uid: "u1", resourceVersion } });
const job = { metadata: { name: "job", namespace: "shop", uid: "u2", resourceVersion: "2" } };
const sends =
  (...events: string[]): Answer =>
  (response) =>
    void response.writeHead(200, { "content-type": "text/event-stream" }).write(events.join(""));
const sendsAndBreaks =
  (...events: string[]): Answer =>
  (response) => {
    sends(...events)(response);
    setTimeout(() => response.destroy(), 20);
  };
const refuses =
  (status: number, code: string): Answer =>
  (response) =>
    void response.writeHead(status).end(JSON.stringify({ error: { code, message: "no" } }));

/** A hub that gives each connection the next of these answers, and somebody who follows it. */
async function follow(answers: Answer[]) {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  let connections = 0;
  const server = createServer((_request, response) => {
    connections += 1;
    answers.shift()?.(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hub = await openHub({ url }, { signal: stop.signal });
  const told: string[] = [];
  const logged: string[] = [];
  const progress = { log: (line: string) => void logged.push(line), show() {}, end() {} };
  const tell = ({ type, object }: ObjectChange) =>
    told.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion ?? "-"}`);
  const end = (async () => {
    for await (const change of followChanges(hub, {}, { clock, signal: stop.signal, progress })) tell(change);
  })().catch((error: unknown) => error);
  return {
    told,
    logged,
    end,
    connections: () => connections,
    /** Lets so much time pass, and again and again until this is what is seen. */
    passes: (ms: number, seen: () => unknown) =>
      expect.poll(async () => {
        await clock.advance(ms);
        return seen();
      }),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await end;
      await hub.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

describe("followChanges", () => {
  it("tells after a lost connection what changed meanwhile: once, and what is gone as well", async () => {
    await using hub = await follow([
      sendsAndBreaks(event("added", web("1")), event("added", job), event("synced")),
      refuses(503, "KUBE_UNREACHABLE"),
      sendsAndBreaks(event("added", web("1")), event("added", job), event("synced")),
      sends(event("added", web("5")), event("synced"), event("modified", web("6"))),
    ]);
    await expect.poll(() => hub.told).toEqual(["added web 1", "added job 2"]);
    for (const connections of [2, 3, 4]) {
      await hub.passes(2000, hub.connections).toBe(connections);
    }
    await expect
      .poll(() => hub.told)
      .toEqual(["added web 1", "added job 2", "modified web 5", "deleted job -", "modified web 6"]);
    const [lost, again] = ["The connection to the hub is lost; trying again", "The hub is there again"];
    expect(hub.logged).toEqual([lost, again, lost, again]);
  });

  it("ends when nothing but the person can help: no rights, or no hub from the beginning", async () => {
    await using refused = await follow([sendsAndBreaks(event("synced")), refuses(401, "AUTH_REQUIRED")]);
    await refused.passes(1000, refused.connections).toBe(2);
    expect(await refused.end).toMatchObject({ code: "AUTH_REQUIRED" });
    await using absent = await follow([refuses(503, "KUBE_UNREACHABLE")]);
    expect(await absent.end).toMatchObject({ code: "KUBE_UNREACHABLE" });
    expect(absent.connections()).toBe(1);
  });

  it("gives up a connection on which nothing comes for a minute, and takes another", async () => {
    await using hub = await follow([
      sends(event("added", web("1")), event("synced")),
      sends(event("added", web("2")), event("synced")),
    ]);
    await expect.poll(() => hub.told).toEqual(["added web 1"]);
    await hub.passes(10_000, () => hub.told).toEqual(["added web 1", "modified web 2"]);
    expect(hub.connections()).toBe(2);
  });
});
