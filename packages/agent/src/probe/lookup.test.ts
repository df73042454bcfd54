import { createSocket } from "node:dgram";
import { describe, expect, it } from "vitest";
import { createLookup } from "./lookup.ts";

/** A name server that knows one IPv4 address of one name, and says of all others that they do not exist. */
async function nameServer(known: string, address: string): Promise<{ address: string } & AsyncDisposable> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address: from }) => socket.send(answer(query, known, address), port, from));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function answer(query: Buffer, known: string, address: string): Buffer {
  const labels: string[] = [];
  let end = 12;
  for (let length = query[end] ?? 0; length > 0; length = query[end] ?? 0) {
    labels.push(query.toString("latin1", end + 1, end + 1 + length));
    end += 1 + length;
  }
  const question = query.subarray(12, end + 5);
  const isKnown = labels.join(".").toLowerCase() === known;
  const wantsIPv4 = query.readUInt16BE(end + 1) === 1;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(1, 4);
  if (!isKnown || !wantsIPv4) return Buffer.concat([header, question]);
  header.writeUInt16BE(1, 6);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number)]);
  return Buffer.concat([header, question, record]);
}

describe("createLookup", () => {
  it("NET-07 asks the given name servers", async () => {
    await using server = await nameServer("demo.team.clusters.example.com", "203.0.113.7");
    const lookup = createLookup([server.address]);
    expect(await lookup("demo.team.clusters.example.com")).toEqual(["203.0.113.7"]);
    expect(await lookup("other.example.com")).toEqual([]);
  });

  it("rejects when they do not answer", async () => {
    const gone = await nameServer("x", "1.2.3.4");
    await gone[Symbol.asyncDispose]();
    await expect(createLookup([gone.address])("demo.example.com")).rejects.toThrow();
  }, 15_000);
});
