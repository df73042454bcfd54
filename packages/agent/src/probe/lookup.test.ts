import { describe, expect, it } from "vitest";
import { startNameServer } from "../testing/name-server.ts";
import { createLookup } from "./lookup.ts";

describe("createLookup", () => {
  it("NET-07 asks the given name servers", async () => {
    const known = "demo.team.clusters.example.com";
    await using server = await startNameServer((name) => (name === known ? "203.0.113.7" : undefined));
    const lookup = createLookup([server.address]);
    expect(await lookup(known)).toEqual(["203.0.113.7"]);
    expect(await lookup("other.example.com")).toEqual([]);
  });

  it("rejects when they do not answer", async () => {
    const gone = await startNameServer(() => "1.2.3.4");
    await gone[Symbol.asyncDispose]();
    await expect(createLookup([gone.address])("demo.example.com")).rejects.toThrow();
  }, 15_000);
});
