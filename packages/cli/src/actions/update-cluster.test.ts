import { nestedClusters } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { startFakeHost } from "../testing/fake-host.ts";

const demo = { namespace: "default", name: "demo" };

describe("inkube update", () => {
  it("changes what is said and nothing else", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", undefined, { size: { cpu: "2", memory: "4Gi" } });
    await host.client.patch(nestedClusters, demo, { metadata: { labels: { old: "1", kept: "1" } } }, { type: "merge" });
    const line = "update demo --cpu 8 --version v1.34.5 --endpoint LoadBalancer --source-range 10.0.0.0/8";
    const { code, out } = await host.inkube(`${line} --label stage=live old-`);
    expect({ code, out }).toEqual({ code: 0, out: "demo is changed\n" });
    const object = host.server.object(nestedClusters, demo);
    expect(object?.spec).toMatchObject({
      size: { cpu: "8", memory: "4Gi" },
      version: "v1.34.5",
      endpoint: { type: "LoadBalancer", loadBalancer: { sourceRanges: ["10.0.0.0/8"] } },
    });
    expect(object?.metadata.labels).toEqual({ kept: "1", stage: "live" });
  });

  it("only checks with --dry-run", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", undefined, { size: { cpu: "2" } });
    expect((await host.inkube("update demo --cpu 8 --dry-run")).out).toBe("demo would be changed (dry run)\n");
    expect(host.server.object(nestedClusters, demo)?.spec).toMatchObject({ size: { cpu: "2" } });
  });

  it("says what is wrong with the line, or that there is no such nested cluster", async () => {
    await using host = await startFakeHost();
    expect(await host.inkube("update demo --cpu 8")).toMatchObject({
      code: 3,
      err: expect.stringContaining("no nested cluster demo in project default"),
    });
    expect((await host.inkube("update demo")).code).toBe(2);
    expect((await host.inkube("update demo --label nonsense")).err).toContain("--label nonsense cannot be understood");
  });
});
