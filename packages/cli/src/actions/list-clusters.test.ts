import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readyStatus, startFakeHost } from "../testing/fake-host.ts";

describe("inkube list", () => {
  it("shows a table, more with -o wide, names with -o name", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await host.addCluster("fresh");
    const { out } = await host.inkube("list");
    const [header, first, second] = out.split("\n").map((line) => line.split(/ {2,}/));
    expect(header).toEqual(["NAME", "DISTRO", "VERSION", "PHASE", "READY", "AGE"]);
    expect(first?.slice(0, 5)).toEqual(["demo", "k8s", "v1.34.4", "Ready", "True"]);
    expect(second?.slice(0, 5)).toEqual(["fresh", "-", "-", "Pending", "Unknown"]);
    expect((await host.inkube("list -o wide")).out).toContain("https://192.0.2.1:30443");
    expect((await host.inkube("list -o name")).out).toBe(
      "nestedcluster.inkube.dev/demo\nnestedcluster.inkube.dev/fresh\n",
    );
  });

  it("is a Kubernetes list with -o json and -o yaml", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo");
    const json = JSON.parse((await host.inkube("list -o json")).out);
    expect(json).toMatchObject({ kind: "NestedClusterList", items: [{ metadata: { name: "demo" } }] });
    expect(json.items[0].metadata).not.toHaveProperty("managedFields");
    expect(parse((await host.inkube("list -o yaml")).out)).toEqual(json);
  });

  it("says so on standard error when there is nothing, with an empty list for programs", async () => {
    await using host = await startFakeHost();
    expect(await host.inkube("list -n team-a")).toMatchObject({
      code: 0,
      out: "",
      err: "There are no nested clusters in project team-a\n",
    });
    expect(JSON.parse((await host.inkube("list -o json")).out).items).toEqual([]);
  });
});

describe("errors of the host", () => {
  it("have the exit code of their class, in JSON when that was asked for", async () => {
    await using host = await startFakeHost();
    host.server.faults.add({ fault: { kind: "answer", status: 403 } });
    const { code, err } = await host.inkube("list -o json");
    expect(code).toBe(6);
    expect(JSON.parse(err).error).toMatchObject({ code: "KUBE_FORBIDDEN" });
    host.server.faults.outage();
    expect((await host.inkube("list")).code).toBe(7);
  });
});
