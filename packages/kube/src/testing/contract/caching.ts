import { expect, it, onTestFinished } from "vitest";
import { createWatchCache } from "../../cache/create-watch-cache.ts";
import { changedObject, type WatchCache, type WatchCacheOptions } from "../../cache/watch-cache.ts";
import type { Client } from "../../client/client.ts";
import { createClient } from "../../client/create-client.ts";
import type { ClusterConfig } from "../../config/cluster-config.ts";
import { resources } from "../../resources.ts";
import { systemClock } from "../../system-clock.ts";
import { collectingLogger } from "../collecting-logger.ts";
import { type CuttableProxy, startCuttableProxy } from "../real/cuttable-proxy.ts";
import { type ContractPart, configMap, eventually, type Scene } from "./scene.ts";

const { configmaps } = resources;

async function cacheOf(
  scene: Scene,
  options: Partial<WatchCacheOptions>,
): Promise<{ cache: WatchCache; told: string[] }> {
  const cache = createWatchCache({
    client: scene.client,
    type: configmaps,
    clock: systemClock,
    random: Math.random,
    logger: collectingLogger(),
    ...options,
  });
  onTestFinished(() => cache.stop());
  const told: string[] = [];
  cache.onChange((change) => {
    const { metadata } = changedObject(change);
    told.push(`${change.type} ${metadata.name}`);
  });
  cache.start();
  await cache.whenSynced();
  return { cache, told };
}

async function proxied(config: ClusterConfig): Promise<{ proxy: CuttableProxy; client: Client }> {
  const proxy = await startCuttableProxy(config);
  const client = createClient(proxy.config);
  // The connections may be broken on purpose when the test ends.
  onTestFinished(async () => {
    await client.close();
    await proxy[Symbol.asyncDispose]();
  });
  return { proxy, client };
}

/** What a watch cache relies on. */
export const caching: ContractPart = (scene) => {
  it("fills a watch cache and keeps it right", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.create(configmaps, configMap(ns, "a"));
    const { cache, told } = await cacheOf(scene(), { namespace: ns });
    expect(cache.get("a", ns)).toMatchObject({ kind: "ConfigMap", apiVersion: "v1" });
    await client.create(configmaps, configMap(ns, "b"));
    await client.replace(configmaps, configMap(ns, "a", { k: "v" }));
    await client.delete(configmaps, { namespace: ns, name: "b" });
    await eventually(() => told.length === 4);
    expect(told).toEqual(["added a", "added b", "modified a", "deleted b"]);
    expect(cache.get("a", ns)?.data).toEqual({ k: "v" });
    expect(cache.get("a", ns)?.metadata.managedFields).toBeUndefined();
  });

  it("tells an object recreated under the same name as deleted, then added", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.create(configmaps, configMap(ns, "a"));
    const { told } = await cacheOf(scene(), { namespace: ns });
    await client.delete(configmaps, { namespace: ns, name: "a" });
    await client.create(configmaps, configMap(ns, "a"));
    await eventually(() => told.length === 3);
    expect(told).toEqual(["added a", "deleted a", "added a"]);
  });

  it("follows only what is selected", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const { cache, told } = await cacheOf(scene(), { namespace: ns, labelSelector: "tier=front" });
    await client.create(configmaps, configMap(ns, "other"));
    await client.create(configmaps, { metadata: { namespace: ns, name: "a", labels: { tier: "front" } } });
    await client.patch(configmaps, { namespace: ns, name: "a" }, { metadata: { labels: null } }, { type: "merge" });
    await eventually(() => told.length === 2);
    expect(told).toEqual(["added a", "deleted a"]);
    expect(cache.size).toBe(0);
  });

  it("loses nothing and repeats nothing when its connections break", async () => {
    const { client, namespace, server } = scene();
    const ns = await namespace();
    const { proxy, client: behindProxy } = await proxied(server.config);
    const { cache, told } = await cacheOf({ ...scene(), client: behindProxy }, { namespace: ns });
    await client.create(configmaps, configMap(ns, "a"));
    await eventually(() => told.length === 1);
    for (const name of ["b", "c"]) {
      proxy.cut();
      await client.create(configmaps, configMap(ns, name));
    }
    await eventually(() => told.length === 3 && cache.synced);
    expect(told).toEqual(["added a", "added b", "added c"]);
  });

  it("is not synced during an outage, and tells the difference after it", async () => {
    const { client, namespace, server } = scene();
    const ns = await namespace();
    for (const name of ["changed", "deleted", "kept", "recreated"])
      await client.create(configmaps, configMap(ns, name));
    const { proxy, client: behindProxy } = await proxied(server.config);
    const { cache, told } = await cacheOf({ ...scene(), client: behindProxy }, { namespace: ns });
    told.length = 0;
    proxy.outage();
    await eventually(() => !cache.synced);
    await client.replace(configmaps, configMap(ns, "changed", { k: "v" }));
    await client.delete(configmaps, { namespace: ns, name: "deleted" });
    await client.delete(configmaps, { namespace: ns, name: "recreated" });
    await client.create(configmaps, configMap(ns, "recreated"));
    expect(cache.synced).toBe(false);
    proxy.restore();
    await cache.whenSynced();
    const again = ["deleted recreated", "added recreated"];
    expect([...told].sort()).toEqual([...again, "deleted deleted", "modified changed"].sort());
    expect(told.indexOf("deleted recreated")).toBeLessThan(told.indexOf("added recreated"));
  });
};
