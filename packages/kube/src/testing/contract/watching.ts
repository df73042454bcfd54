import { expect, it } from "vitest";
import { resources } from "../../resources.ts";
import { type ContractPart, configMap, eventually, readWatch, refusal, story } from "./scene.ts";

const { configmaps } = resources;

/** Watches: order, selectors, bookmarks, expiry. */
export const watching: ContractPart = (scene) => {
  it("tells everything after a version, in order, and nothing before it", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    await client.create(configmaps, configMap(ns, "before"));
    const { resourceVersion } = await client.list(configmaps, { namespace: ns });
    await client.create(configmaps, configMap(ns, "a"));
    await client.replace(configmaps, configMap(ns, "a", { k: "v" }));
    await client.delete(configmaps, { namespace: ns, name: "a" });
    const reading = readWatch(client, configmaps, { namespace: ns, resourceVersion }, (all) => story(all).length === 4);
    await client.create(configmaps, configMap(ns, "b"));
    const events = await reading;
    expect(story(events)).toEqual(["ADDED a", "MODIFIED a", "DELETED a", "ADDED b"]);
    const versions = events.map((event) => Number(event.object.metadata.resourceVersion));
    expect(versions).toEqual([...versions].sort((left, right) => left - right));
    expect(new Set(versions).size).toBe(4);
  });

  it("shows a deleted object as it last was, with the version of the deletion", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const made = await client.create(configmaps, configMap(ns, "a", { k: "v" }));
    await client.delete(configmaps, { namespace: ns, name: "a" });
    const resourceVersion = made.metadata.resourceVersion ?? "";
    const [event] = await readWatch(
      client,
      configmaps,
      { namespace: ns, resourceVersion },
      (all) => story(all).length > 0,
    );
    expect(event?.object).toMatchObject({ data: { k: "v" }, metadata: { uid: made.metadata.uid } });
    expect(Number(event?.object.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
  });

  it("starts from what is there when asked for version 0", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    for (const name of ["a", "b"]) await client.create(configmaps, configMap(ns, name));
    const enough = (all: Parameters<typeof story>[0]) => story(all).length === 2;
    const events = await readWatch(client, configmaps, { namespace: ns, resourceVersion: "0" }, enough);
    expect(story(events).sort()).toEqual(["ADDED a", "ADDED b"]);
  });

  it("shows an object that leaves a selector as deleted, and one that enters as added", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const { resourceVersion } = await client.list(configmaps, { namespace: ns });
    const label = (tier: string) =>
      client.patch(configmaps, { namespace: ns, name: "a" }, { metadata: { labels: { tier } } }, { type: "merge" });
    await client.create(configmaps, configMap(ns, "a", { k: "v" }));
    await label("front");
    await label("back");
    await label("front");
    const selection = { namespace: ns, resourceVersion, labelSelector: "tier=front" };
    const events = await readWatch(client, configmaps, selection, (all) => story(all).length === 3);
    expect(story(events)).toEqual(["ADDED a", "DELETED a", "ADDED a"]);
    expect(events[1]?.object.metadata.labels).toEqual({ tier: "front" });
    const [added, deleted, again] = events.map((event) => Number(event.object.metadata.resourceVersion));
    expect(added).toBeLessThan(deleted ?? 0);
    expect(deleted).toBeLessThan(again ?? 0);
  });

  it("sees one object through metadata.name", async () => {
    const { client, namespace } = scene();
    const ns = await namespace();
    const { resourceVersion } = await client.list(configmaps, { namespace: ns });
    for (const name of ["a", "b", "c"]) await client.create(configmaps, configMap(ns, name));
    const selection = { namespace: ns, resourceVersion, fieldSelector: "metadata.name=b" };
    const events = await readWatch(client, configmaps, selection, (all) => story(all).length === 1);
    expect(story(events)).toEqual(["ADDED b"]);
  });

  it("ends in order after timeoutSeconds, with a bookmark on the way when nothing else happens", async () => {
    const { client, namespace, server } = scene();
    const ns = await namespace();
    const { resourceVersion } = await client.list(configmaps, { namespace: ns });
    const other = await client.create(resources.secrets, { metadata: { namespace: ns, name: "elsewhere" } });
    const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=${server.bookmarkSeconds}&resourceVersion=${resourceVersion}`;
    const path = `/api/v1/namespaces/${ns}/configmaps?${query}`;
    // A server that gets no processor just before the end has no time left for its bookmark.
    const lines = await eventually(async () => {
      const answer = await client.raw({ method: "GET", path });
      expect(answer.status).toBe(200);
      const text = Buffer.concat(await Array.fromAsync(answer.body)).toString("utf8");
      return text.trim();
    });
    for (const line of lines.split("\n").map((text) => JSON.parse(text))) {
      expect(line).toMatchObject({ type: "BOOKMARK", object: { kind: "ConfigMap", apiVersion: "v1" } });
      expect(Number(line.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(Number(resourceVersion));
    }
    expect(Number(other.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion));
  });

  it("says gone when history does not reach back", async () => {
    const { client, namespace, server } = scene();
    await client.create(configmaps, configMap(await namespace(), "a"));
    const watch = readWatch(client, configmaps, { resourceVersion: server.ancientVersion() }, () => true);
    expect((await refusal(watch, "gone")).reason).toBe("Expired");
  });

  it("refuses a version that is no number", async () => {
    const { client } = scene();
    await refusal(
      readWatch(client, configmaps, { resourceVersion: "soon" }, () => true),
      "server",
    );
  });
};
