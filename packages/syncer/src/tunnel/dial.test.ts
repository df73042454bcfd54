import { once } from "node:events";
import { createServer } from "node:net";
import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { createDial } from "./dial.ts";

async function listener() {
  const server = createServer((socket) => socket.resume());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return { host: "127.0.0.1", port, server };
}

describe("dialling", () => {
  it("leaves no timer behind once the connection stands", async () => {
    const clock = new FakeClock();
    const { server, ...target } = await listener();
    const socket = await createDial(clock)({ ...target, signal: new AbortController().signal });
    expect(clock.sleeping).toBe(0);
    socket.destroy();
    server.close();
  });

  it("fails when time is up or the caller gives up first", async () => {
    const clock = new FakeClock();
    const { server, ...target } = await listener();
    const abort = new AbortController();
    const given = createDial(clock)({ ...target, signal: abort.signal });
    abort.abort();
    await expect(given).rejects.toThrow("given up");
    // Time is up before the connection can stand: nothing of the event loop has run yet.
    const late = createDial({ ...clock, now: () => 0, sleep: () => Promise.resolve() }, 5_000);
    await expect(late({ ...target, signal: new AbortController().signal })).rejects.toThrow("no answer within 5 s");
    server.close();
  });

  it("says that nothing listens", async () => {
    const { server, ...target } = await listener();
    server.close();
    await once(server, "close");
    const dialled = createDial(new FakeClock())({ ...target, signal: new AbortController().signal });
    await expect(dialled).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
