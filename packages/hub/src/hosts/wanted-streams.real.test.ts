import { agentPaths, nestedClusters } from "@inkube/api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { placeOn } from "../testing/fake-agent.ts";
import { openWanted } from "../testing/host-calls.ts";
import { openRaw } from "../testing/raw-http.ts";
import { startTwoHosts, type TwoHosts } from "../testing/two-hosts.ts";

let scene: TwoHosts;
beforeAll(async () => {
  scene = await startTwoHosts();
});
afterAll(() => scene[Symbol.asyncDispose]());

const mebi = 1024 * 1024;

describe("streams of what is wanted", () => {
  it("are three at most for one host: the oldest end, and those of other hosts go on", async () => {
    const { test, url, stolen } = scene;
    const far = await test.credentials.issue({ kind: "host", subject: "far", name: "far" });
    const others = await openWanted(url, far.token);
    const first = await Promise.all(Array.from({ length: 3 }, () => openWanted(url, stolen)));
    const next = await Promise.all(Array.from({ length: 3 }, () => openWanted(url, stolen)));
    await Promise.all(first.map(({ closed }) => closed));
    await placeOn(test, "edge", "red", "red-one");
    const told = others.lines.length;
    await test.admin.patch(nestedClusters, { namespace: "red", name: "red-one" }, annotated("news"), { type: "merge" });
    await test.admin.patch(nestedClusters, { namespace: "blue", name: "blue-one" }, annotated("news"), {
      type: "merge",
    });
    await eventually(() => {
      expect(others.lines.length).toBeGreaterThan(told);
      for (const { lines } of next) expect(JSON.stringify(lines)).toContain("news");
    });
    for (const { stop } of [...next, others]) stop();
  });

  it("are cut when nobody reads them, before they take the hub's memory", async () => {
    const { test, url, stolen } = scene;
    const socket = await openRaw(url);
    socket.write(`GET ${agentPaths.wanted} HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${stolen}\r\n\r\n`);
    socket.pause();
    const before = process.memoryUsage().rss;
    const ref = { namespace: "red", name: "red-one" };
    // More than the hub keeps and what the network itself holds.
    for (let number = 0; number < 300; number += 1) {
      await test.admin.patch(nestedClusters, ref, annotated(`${number}`.padEnd(200_000, "x")), { type: "merge" });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * mebi);
    let read = 0;
    socket.on("data", (piece: Buffer) => {
      read += piece.length;
    });
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.resume();
    await closed;
    expect(read).toBeLessThan(55 * mebi);
    const again = await openWanted(url, stolen);
    expect(again.lines.filter(({ type }) => type === "cluster")).toHaveLength(1);
    again.stop();
  });
});

function annotated(text: string): object {
  return { metadata: { annotations: { note: text } } };
}
