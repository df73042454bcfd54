import { resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { addKubeconfigSecret, readyStatus, startFakeHost } from "../testing/fake-host.ts";

describe("inkube explain", () => {
  async function hostWithNested() {
    const nested = await startFakeHost();
    const host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo", nested.server.url);
    const metadata = { name: "settings", namespace: "shop" };
    await nested.client.create(resources.configmaps, { apiVersion: "v1", kind: "ConfigMap", metadata });
    return {
      ...host,
      async [Symbol.asyncDispose]() {
        await nested[Symbol.asyncDispose]();
        await host[Symbol.asyncDispose]();
      },
    };
  }

  it("says why an object is not on the host; -n is the namespace inside", async () => {
    await using host = await hostWithNested();
    const { code, out } = await host.inkube("explain cm/settings -n shop --cluster demo");
    expect(code).toBe(0);
    expect(out).toContain("No pod uses it");
    expect(out).toContain("settings-x-shop-x-demo");
    expect(out).toContain("No syncer has looked at demo yet");
    const steps = JSON.parse((await host.inkube("explain cm/settings -n shop -o json")).out);
    expect(steps).toContainEqual(expect.objectContaining({ what: "Decision" }));
  });

  it("knows that most kinds stay inside", async () => {
    await using host = await hostWithNested();
    expect((await host.inkube("explain deploy/web")).out).toContain("stay inside the nested cluster");
  });

  it("asks which cluster is meant when there are several", async () => {
    await using host = await hostWithNested();
    await host.addCluster("other");
    expect(await host.inkube("explain cm/settings -n shop")).toMatchObject({
      code: 2,
      err: expect.stringContaining("demo, other"),
    });
  });

  it.each(["settings", "cm/", "/settings", "cm/UPPER", "cm/a/b"])(
    "refuses %s, which names no object",
    async (object) => {
      await using host = await startFakeHost();
      expect((await host.inkube(`explain ${object}`)).code).toBe(2);
    },
  );
});
