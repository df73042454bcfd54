import { resources } from "@inkube/kube";
import type { FakeApiServerOptions } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { readyStatus, startFakeHost } from "../testing/fake-host.ts";

describe("inkube logs", () => {
  /** Serves `<container> line` as the log of every container. */
  const logs: FakeApiServerOptions = {
    hook: (request, response) => {
      const url = new URL(request.url ?? "/", "http://fake");
      if (!url.pathname.endsWith("/log")) return false;
      response.writeHead(200);
      response.end(`${url.searchParams.get("container")} says ${url.searchParams}\n`);
      return true;
    },
  };

  async function hostWithPod() {
    const host = await startFakeHost(logs);
    await host.addCluster("demo", readyStatus("demo"));
    const names = ["kine", "kube-apiserver", "konnectivity"];
    await host.client.create(resources.pods, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "control-plane-0", namespace: readyStatus("demo").namespace ?? "" },
      spec: { containers: names.map((name) => ({ name, image: name })) },
    });
    return host;
  }

  it("prints one part as it is, and says what of it is wanted", async () => {
    await using host = await hostWithPod();
    const { out } = await host.inkube("logs demo --part kine --tail 5 --since 2m -f");
    expect(out).toBe("kine says container=kine&follow=true&tailLines=5&sinceSeconds=120\n");
  });

  it("prints the whole control plane with the part before each line", async () => {
    await using host = await hostWithPod();
    const { out } = await host.inkube("logs demo");
    expect(out.split("\n").filter(Boolean).sort()).toEqual([
      "kine           kine says container=kine",
      "kube-apiserver kube-apiserver says container=kube-apiserver",
    ]);
  });

  it("knows parts that a cluster does not have", async () => {
    await using host = await hostWithPod();
    expect(await host.inkube("logs demo --part k3s")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no part k3s"),
    });
    expect(await host.inkube("logs demo --part heart")).toMatchObject({ code: 2 });
    expect(await host.inkube("logs demo --part agent")).toMatchObject({
      code: 8,
      err: expect.stringContaining("inkube-agent"),
    });
  });
});

describe("inkube logs of a program that serves many", () => {
  it("leaves out what is about other nested clusters, before it counts the last lines", async () => {
    const namespace = readyStatus("demo").namespace ?? "";
    const lines = [
      { msg: "1", cluster: namespace },
      { msg: "2", cluster: namespace },
      { msg: "3", cluster: "inkube-default-other-00000" },
      { msg: "4" },
      { msg: "5", controller: "nested-cluster", key: "default/other" },
      { msg: "6", controller: "nested-cluster", key: "default/demo" },
    ];
    let asked = "";
    await using host = await startFakeHost({
      hook: (request, response) => {
        if (!request.url?.includes("/log?")) return false;
        asked = request.url;
        response.writeHead(200);
        response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        return true;
      },
    });
    await host.addCluster("demo", readyStatus("demo"));
    const metadata = { name: "inkube-syncer-abc", namespace: "inkube-system" };
    const spec = { containers: [{ name: "syncer", image: "inkube" }] };
    await host.client.create(resources.pods, { apiVersion: "v1", kind: "Pod", metadata, spec });
    const shown = async (line: string) => (await host.inkube(line)).out.match(/(?<="msg":")\d/g);
    expect(await shown("logs demo --part syncer")).toEqual(["1", "2", "4", "6"]);
    expect(await shown("logs demo --part syncer --tail 3")).toEqual(["2", "4", "6"]);
    expect(asked).not.toContain("tailLines");
  });
});
