import { describe, expect, it } from "vitest";
import { type ServerEvent, serverEvents } from "./server-events.ts";

async function eventsOf(text: string, chunk: number): Promise<ServerEvent[]> {
  const bytes = Buffer.from(text);
  async function* body() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  return Array.fromAsync(serverEvents(body()));
}

const stream =
  ': beat\n\nevent: added\ndata: {"a": "ü: x"}\n\ndata: 1\ndata: 2\r\n\r\nevent: synced\ndata:\n\nevent: cut\ndata: x';

describe("serverEvents", () => {
  it.each([1, 3, 1000])("reads events however the bytes come: %i at a time", async (chunk) => {
    expect(await eventsOf(stream, chunk)).toEqual([
      { name: "added", data: '{"a": "ü: x"}' },
      { name: "message", data: "1\n2" },
      { name: "synced", data: "" },
    ]);
  });
});
