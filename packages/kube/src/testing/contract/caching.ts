import { expect, it, onTestFinished } from "vitest";
import { createWatchCache } from "../../cache/create-watch-cache.ts";
import type { WatchCache, WatchCacheOptions } from "../../cache/watch-cache.ts";
import { resources } from "../../resources.ts";
import { systemClock } from "../../system-clock.ts";
import { collectingLogger } from "../collecting-logger.ts";
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
    const { metadata } = change.type === "deleted" ? change.previous : change.object;
    told.push(`${change.type} ${metadata.name}`);
  });
  cache.start();
  await cache.whenSynced();
  return { cache, told };
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
};
