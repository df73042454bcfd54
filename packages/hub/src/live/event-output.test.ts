import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createEventOutput, type EventOutput, slowAfterMs } from "./event-output.ts";

interface Scene extends AsyncDisposable {
  output: EventOutput;
  clock: FakeClock;
  answer: ServerResponse;
  reader: IncomingMessage;
}

/** An output to a reader who has not begun to read. */
async function open(): Promise<Scene> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const asked = get({ port: (server.address() as AddressInfo).port, agent: false });
  asked.on("error", () => undefined);
  const [, answer] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
  const clock = new FakeClock();
  const output = createEventOutput(answer, clock);
  answer.writeHead(200);
  answer.flushHeaders();
  const [reader] = (await once(asked, "response")) as [IncomingMessage];
  reader.on("error", () => undefined);
  return {
    output,
    clock,
    answer,
    reader,
    async [Symbol.asyncDispose]() {
      asked.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Writes until the reader takes no more; resolves with what waits for him, bytes. */
async function fill({ output, answer }: Scene): Promise<number> {
  let full = false;
  for (let count = 0; count < 100_000 && !full; count += 1) {
    output.event("modified", "x".repeat(8_192));
    const waiting = output.ready();
    full = await Promise.race([
      waiting.then(() => false),
      new Promise<boolean>((resolve) => setTimeout(resolve, 200, true)),
    ]);
  }
  expect(full).toBe(true);
  return answer.writableLength;
}

describe("an output of events", () => {
  it("is ready again when the reader has read, and holds no more for him than a few events", async () => {
    await using scene = await open();
    expect(await fill(scene)).toBeLessThan(256 * 1024);
    const ready = scene.output.ready();
    scene.reader.resume();
    await ready;
    expect(scene.output.closed.aborted).toBe(false);
  });

  it("cuts a reader off who takes nothing for half a minute, not sooner", async () => {
    await using scene = await open();
    await fill(scene);
    const ready = scene.output.ready();
    await scene.clock.advance(slowAfterMs - 1);
    scene.output.beat();
    expect(scene.answer.destroyed).toBe(false);
    await scene.clock.advance(1);
    scene.output.beat();
    expect(scene.answer.destroyed).toBe(true);
    // Whoever waits for him waits no more.
    await ready;
    await expect.poll(() => scene.output.closed.aborted).toBe(true);
  });

  it("sends nothing more once it is cut", async () => {
    await using scene = await open();
    let text = "";
    scene.reader.on("data", (piece: Buffer) => (text += piece.toString()));
    scene.output.event("added", "first");
    await expect.poll(() => text).toBe("event: added\ndata: first\n\n");
    scene.output.cut();
    scene.output.event("added", "second");
    scene.output.beat();
    await expect.poll(() => scene.reader.destroyed).toBe(true);
    expect(text).not.toContain("second");
  });
});
