import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { splice } from "./splice.ts";
import { readAll } from "./testing/connect.ts";

/** Two connected sockets; `near` is what a test holds, `far` what is spliced. */
async function pair(): Promise<{ near: Socket; far: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const near = createConnection({ port, host: "127.0.0.1", allowHalfOpen: true });
  const [far] = (await once(server, "connection")) as [Socket];
  server.close();
  return { near, far };
}

async function spliced(): Promise<{ left: Socket; right: Socket; done: Promise<void>; fars: Socket[] }> {
  const [left, right] = [await pair(), await pair()];
  const done = new Promise<void>((resolve) => splice(left.far, right.far, resolve));
  return { left: left.near, right: right.near, done, fars: [left.far, right.far] };
}

describe("two joined connections", () => {
  it("let one side answer after the other has ended", async () => {
    const { left, right, done } = await spliced();
    left.end("question");
    expect(await readAll(right)).toBe("question");
    right.end("answer");
    expect(await readAll(left)).toBe("answer");
    await done;
  });

  it("break together when one breaks", async () => {
    const { left, right, done, fars } = await spliced();
    left.resetAndDestroy();
    await done;
    expect(fars.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    await readAll(right);
    right.destroy();
  });

  it("are both released when one is gone before they are joined", async () => {
    const [left, right] = [await pair(), await pair()];
    left.far.destroy();
    await new Promise<void>((resolve) => splice(left.far, right.far, resolve));
    expect(right.far.destroyed).toBe(true);
    left.near.destroy();
    right.near.destroy();
  });

  it("hold the sender back while the reader does not read", async () => {
    const { left, right, done } = await spliced();
    right.pause();
    const size = 64 * 1024 * 1024;
    left.write(Buffer.alloc(size));
    await new Promise((resolve) => setImmediate(resolve));
    expect(left.writableLength).toBeGreaterThan(size / 4);
    left.end();
    let received = 0;
    right.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    right.resume();
    await once(right, "end");
    expect(received).toBe(size);
    right.end();
    left.resume();
    await done;
  });
});
