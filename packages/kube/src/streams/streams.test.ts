import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { createClient } from "../client/create-client.ts";
import { execStream } from "./exec.ts";
import { portForward } from "./port-forward.ts";
import { FrameDecoder } from "./web-socket-frames.ts";

const pod = { namespace: "default", name: "p" };

/** A server that speaks WebSocket by another implementation than ours. */
async function open(
  serve: (socket: WebSocket, url: URL) => void,
  protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"],
) {
  const server = http.createServer();
  const sockets = new WebSocketServer({
    server,
    handleProtocols: (offered) => [...offered].find((each) => protocols.includes(each)) ?? false,
  });
  sockets.on("connection", (socket, request) => serve(socket, new URL(request.url ?? "", "http://host")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = createClient({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.close();
    },
  };
}

function message(channel: number, data: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), Buffer.from(data)]);
}

async function text(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const success = message(3, JSON.stringify({ kind: "Status", status: "Success" }));

function exitStatus(code: number): Buffer {
  const details = { causes: [{ reason: "ExitCode", message: `${code}` }] };
  return message(3, JSON.stringify({ kind: "Status", status: "Failure", reason: "NonZeroExitCode", details }));
}

describe("execStream", () => {
  it("says what to run, separates the outputs and reports the exit code", async () => {
    let asked: URL | undefined;
    await using t = await open((socket, url) => {
      asked = url;
      for (const each of [message(1, ""), message(1, "out"), message(2, "err"), message(1, "put"), exitStatus(3)])
        socket.send(each);
      socket.close(1000);
    });
    const session = await execStream(t.client, { ...pod, container: "c", command: ["sh", "-c", "a b&c"] });
    expect(await Promise.all([text(session.stdout), text(session.stderr), session.exit])).toEqual(["output", "err", 3]);
    expect(asked?.pathname).toBe("/api/v1/namespaces/default/pods/p/exec");
    expect(asked?.searchParams.getAll("command")).toEqual(["sh", "-c", "a b&c"]);
    expect([asked?.searchParams.get("container"), asked?.searchParams.get("stdin")]).toEqual(["c", "false"]);
  });

  it("carries input of any size and its end to the process", async () => {
    await using t = await open((socket) => {
      const input: Buffer[] = [];
      socket.on("message", (data: Buffer) => {
        if (data[0] === 0) input.push(data.subarray(1));
        if (data[0] !== 255) return;
        expect(data[1]).toBe(0);
        socket.send(message(1, Buffer.concat(input)));
        socket.send(success);
        socket.close(1000);
      });
    });
    const wanted = "x".repeat(200_000);
    const session = await execStream(t.client, { ...pod, command: ["cat"], stdin: true });
    session.stderr.resume();
    session.stdin.end(wanted);
    expect((await text(session.stdout)) === wanted).toBe(true);
    expect(await session.exit).toBe(0);
  });

  it("talks to a server that knows only the older protocol", async () => {
    await using t = await open(
      (socket) => {
        socket.send(success);
        socket.close(1000);
      },
      ["v4.channel.k8s.io"],
    );
    const session = await execStream(t.client, { ...pod, command: ["true"] });
    expect(await session.exit).toBe(0);
  });

  it("tells a terminal its size", async () => {
    const resized = Promise.withResolvers<string>();
    await using t = await open((socket) =>
      socket.on("message", (data: Buffer) => resized.resolve(data.toString("utf8"))),
    );
    const session = await execStream(t.client, { ...pod, command: ["sh"], tty: true });
    session.resize({ columns: 80, rows: 24 });
    expect(await resized.promise).toBe(`\u0004${JSON.stringify({ Width: 80, Height: 24 })}`);
    session.close();
  });

  it.each<[string, (socket: WebSocket) => void, string]>([
    [
      "the process could not be started",
      (socket) =>
        socket.send(
          message(3, JSON.stringify({ status: "Failure", reason: "InternalError", message: "no such file" })),
        ),
      "no such file",
    ],
    ["the connection is lost", (socket) => socket.terminate(), "connection lost"],
    ["the server leaves without an exit code", (socket) => socket.close(1000), "without an exit code"],
  ])("rejects the exit when %s", async (_name, serve, said) => {
    await using t = await open(serve);
    const session = await execStream(t.client, { ...pod, command: ["x"] });
    session.stdout.resume();
    session.stderr.resume();
    await expect(session.exit).rejects.toThrow(said);
  });

  it("is cut by its signal", async () => {
    await using t = await open(() => {});
    const abort = new AbortController();
    const session = await execStream(t.client, { ...pod, command: ["sleep"], signal: abort.signal });
    abort.abort();
    await expect(session.exit).rejects.toMatchObject({ code: "aborted" });
    expect(await text(session.stdout)).toBe("");
  });

  it("makes the server wait while nobody reads", async () => {
    let waiting = 0;
    await using t = await open((socket) => {
      for (let count = 0; count < 400; count += 1) socket.send(message(1, Buffer.alloc(65_536)));
      waiting = socket.bufferedAmount;
      socket.send(success, () => socket.close(1000));
      setTimeout(() => {
        waiting = socket.bufferedAmount;
      }, 100);
    });
    const session = await execStream(t.client, { ...pod, command: ["yes"] });
    session.stderr.resume();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(waiting).toBeGreaterThan(1_000_000);
    let size = 0;
    for await (const chunk of session.stdout) size += (chunk as Buffer).length;
    expect(size).toBe(400 * 65_536);
  });
});

describe("portForward", () => {
  const head = Buffer.from([0x90, 0x1f]);

  it("carries bytes both ways without the port number that begins each channel", async () => {
    let asked: URL | undefined;
    await using t = await open((socket, url) => {
      asked = url;
      socket.send(message(0, head));
      socket.send(message(1, head));
      socket.on("message", (data: Buffer) => {
        socket.send(message(0, `echo ${data.subarray(1).toString("utf8")}`));
        socket.close(1000);
      });
    });
    const stream = await portForward(t.client, { ...pod, port: 8080 });
    stream.write("hello");
    expect(await text(stream)).toBe("echo hello");
    expect(asked?.searchParams.get("ports")).toBe("8080");
  });

  it("fails when nobody listens on the port", async () => {
    await using t = await open((socket) => {
      socket.send(message(0, head));
      socket.send(message(1, Buffer.concat([head, Buffer.from("connection refused")])));
    });
    const stream = await portForward(t.client, { ...pod, port: 8080 });
    await expect(text(stream)).rejects.toThrow("connection refused");
  });
});

describe("WebSocket frames", () => {
  function serverFrame(opcode: number, last: boolean, data: Buffer): Buffer {
    const head =
      data.length < 126 ? Buffer.from([0, data.length]) : Buffer.from([0, 126, data.length >> 8, data.length & 0xff]);
    head[0] = (last ? 0x80 : 0) | opcode;
    return Buffer.concat([head, data]);
  }

  it("come out whole wherever messages are fragmented and bytes are cut", () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(parts), fc.array(fc.nat()), (messages, cuts) => {
        const ping = serverFrame(9, true, Buffer.from("p"));
        const bytes = Buffer.concat(
          messages.flatMap((each) =>
            each.flatMap((part, index) => [
              serverFrame(index === 0 ? 2 : 0, index === each.length - 1, Buffer.from(part)),
              ping,
            ]),
          ),
        );
        const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
        const decoder = new FrameDecoder();
        const decoded: string[] = [];
        let start = 0;
        for (const end of [...places, bytes.length]) {
          for (const frame of decoder.push(bytes.subarray(start, end)))
            if (frame.opcode === 2) decoded.push(frame.data.toString("hex"));
          start = end;
        }
        expect(decoded).toEqual(messages.map((each) => Buffer.concat(each).toString("hex")));
      }),
    );
  });

  it.each([
    ["are masked", Buffer.from([0x82, 0x80, 0, 0, 0, 0])],
    ["use an extension", Buffer.from([0xc2, 0])],
    ["continue nothing", Buffer.from([0x80, 0])],
    ["announce more than any message may hold", Buffer.from([0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0])],
  ])("are refused when they %s", (_name, bytes) => {
    expect(() => new FrameDecoder().push(bytes)).toThrow();
  });
});
