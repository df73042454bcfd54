import { randomBytes } from "node:crypto";
import { Duplex, Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { connectTunnel } from "../testing/index.ts";

const mebi = 1024 * 1024;
/** A window, and what the streams on the way hold each. */
const most = 2 * mebi;
/** Together more than the window of the connection, so one that stalled the others would be seen. */
const slowOnes = 24;

/** A source without end that counts what was taken from it. */
function endless(): { source: AsyncGenerator<Uint8Array>; taken: () => number } {
  let taken = 0;
  const chunk = Buffer.alloc(64 * 1024);
  async function* generate(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield chunk;
      taken += chunk.length;
    }
  }
  return { source: generate(), taken: () => taken };
}

function expectAllFullAndBounded(counts: number[]): void {
  for (const count of counts) {
    expect(count).toBeGreaterThanOrEqual(mebi);
    expect(count).toBeLessThan(most);
  }
}

describe("streams that nobody reads", () => {
  it("hold their handlers back, and no other stream", async () => {
    const sources = Array.from({ length: slowOnes }, endless);
    const data = randomBytes(16 * mebi);
    await using end = await connectTunnel(({ path }) => {
      return { status: 200, body: path === "/fast" ? data : (sources[Number(path.slice(1))]?.source ?? "") };
    });
    const slow = await Promise.all(sources.map((_, i) => end.tunnel.request({ method: "GET", path: `/${i}` })));
    await eventually("all windows are full", () => sources.every(({ taken }) => taken() >= mebi));
    for (let round = 0; round < 3; round += 1) {
      const fast = await end.tunnel.request({ method: "GET", path: "/fast" });
      expect((await buffer(fast.body)).equals(data)).toBe(true);
    }
    expectAllFullAndBounded(sources.map(({ taken }) => taken()));
    for (const { body } of slow) body.destroy();
    await eventually("all have ended", () => end.tunnel.openStreams === 0);
  });

  it("hold the senders of requests back, and no other stream", async () => {
    const data = randomBytes(16 * mebi);
    const sources = Array.from({ length: slowOnes }, endless);
    await using end = await connectTunnel(async ({ path, body }) => {
      if (path !== "/fast") return new Promise(() => {});
      return { status: 200, body: String((await buffer(body)).length) };
    });
    const cancel = new AbortController();
    const slow = sources.map(({ source }) =>
      end.tunnel.request({ method: "POST", path: "/slow", body: source, signal: cancel.signal }),
    );
    const settled = Promise.allSettled(slow);
    await eventually("all windows are full", () => sources.every(({ taken }) => taken() >= mebi));
    for (let round = 0; round < 3; round += 1) {
      const fast = await end.tunnel.request({ method: "POST", path: "/fast", body: data });
      expect(await text(fast.body)).toBe(String(data.length));
    }
    expectAllFullAndBounded(sources.map(({ taken }) => taken()));
    cancel.abort();
    await settled;
  });

  it("hold back both ends of an upgraded connection", async () => {
    const [up, down] = [endless(), endless()];
    await using end = await connectTunnel(({ upgrade }) => {
      if (!upgrade) return { status: 200, body: "still here" };
      return { status: 101, socket: talker(down.source) };
    });
    const { socket } = await end.tunnel.upgrade({ protocol: "websocket", path: "/" });
    if (!socket) throw new Error("no socket");
    Readable.from(up.source, { objectMode: false }).pipe(socket);
    await eventually("both directions are full", () => up.taken() >= mebi && down.taken() >= mebi);
    expect(await text((await end.tunnel.request({ method: "GET", path: "/" })).body)).toBe("still here");
    expectAllFullAndBounded([up.taken(), down.taken()]);
    socket.destroy();
    await eventually("all have ended", () => end.tunnel.openStreams === 0);
  });
});

/** Says what comes from the source and never listens. */
function talker(source: AsyncGenerator<Uint8Array>): Duplex {
  const read = function (this: Duplex) {
    void source.next().then(({ value }) => this.push(value));
  };
  return new Duplex({ read, write() {} });
}
