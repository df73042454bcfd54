import { apiVersionOf, type ResourceType, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { addKubeconfigSecret, readyStatus, startFakeHost } from "../testing/fake-host.ts";

const example = { group: "example.com", version: "v1", namespaced: true };
const boats: ResourceType = { ...example, plural: "boats", kind: "Boat" };
/** Another kind of Service than the one that is synced. */
const foreignServices: ResourceType = { ...example, plural: "services", kind: "Service" };
const ownTypes = [boats, foreignServices];

describe("inkube explain", () => {
  async function hostWithNested() {
    const nested = await startFakeHost();
    const host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo", nested.server.url);
    for (const type of ownTypes) nested.server.register(type);
    const objects: [ResourceType, string, string][] = [
      [resources.configmaps, "settings", "shop"],
      [resources.deployments, "web", "default"],
      [boats, "ship", "default"],
      [foreignServices, "web", "default"],
    ];
    for (const [type, name, namespace] of objects) {
      await nested.client.create(type, {
        apiVersion: apiVersionOf(type),
        kind: type.kind,
        metadata: { name, namespace },
      });
    }
    return {
      ...host,
      nested: nested.server,
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

  it.each([
    ["deploy/web", "deployments.apps"],
    ["Boat/ship", "boats.example.com"],
    ["services.example.com/web", "services.example.com"],
    ["services.v1.example.com/web", "services.example.com"],
  ])("knows that most kinds stay inside, as %s does", async (object, kind) => {
    await using host = await hostWithNested();
    expect(await host.inkube(`explain ${object}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${kind} stay inside the nested cluster`),
    });
  });

  it.each([
    ["cm/nope -n shop", "There is no ConfigMap nope in namespace shop of demo"],
    ["cm/settings", "There is no ConfigMap settings in namespace default of demo"],
    ["deploy/nope", "There is no Deployment nope in namespace default of demo"],
    ["node/nope", "There is no Node nope of demo"],
    ["boat/nope", "There is no Boat nope in namespace default of demo"],
    ["car/nope", "The nested cluster has no kind car"],
    ["boats.example.org/ship", "The nested cluster has no kind boats.example.org"],
  ])("exits with 3 for %s, which is not there", async (object, message) => {
    await using host = await hostWithNested();
    expect(await host.inkube(`explain ${object}`)).toMatchObject({
      code: 3,
      out: "",
      err: expect.stringContaining(message),
    });
    const { code, err } = await host.inkube(`explain ${object} -o json`);
    expect({ code, error: JSON.parse(err).error }).toMatchObject({
      code: 3,
      error: { code: "KUBE_NOT_FOUND", message },
    });
  });

  it("explains what the host has and a nested cluster does not see", async () => {
    await using host = await hostWithNested();
    const metadata = { name: "of-another" };
    await host.client.create(resources.persistentvolumes, { apiVersion: "v1", kind: "PersistentVolume", metadata });
    expect(await host.inkube("explain pv/of-another")).toMatchObject({
      code: 0,
      out: expect.stringContaining("not this nested cluster's to see"),
    });
  });

  it("says so when the nested cluster does not tell its kinds", async () => {
    await using host = await hostWithNested();
    host.nested.faults.add({ fault: { kind: "answer", status: 503 }, when: ({ path }) => path === "/apis" });
    expect((await host.inkube("explain car/nope")).code).toBe(7);
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
