import { apiVersion } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { entryOf, type Happening, newsOf } from "./happening.ts";
import { aboutCluster, clusterTeller, hostTeller } from "./tellers.ts";

const now = Date.parse("2026-01-01T12:00:00Z");
const at = (clock: string) => `2026-01-01T${clock}Z`;
const condition = (type: string, status: string, reason: string, since: string) => ({
  type,
  status,
  reason,
  message: `${reason} in words.`,
  lastTransitionTime: at(since),
});

function cluster(status: object | undefined, metadata: object = {}): KubeObject {
  const fixed = { name: "web", namespace: "team", uid: "u-1", creationTimestamp: at("10:00:00"), resourceVersion: "7" };
  return {
    apiVersion,
    kind: "NestedCluster",
    metadata: { ...fixed, ...metadata },
    spec: {},
    ...(status && { status }),
  };
}

const unplaced = cluster({
  phase: "Pending",
  conditions: [condition("Placed", "False", "InsufficientCapacity", "10:00:01")],
});
const placed = cluster({
  host: "edge",
  phase: "Provisioning",
  conditions: [
    condition("Ready", "False", "ContainersStarting", "10:00:03"),
    condition("Placed", "True", "Placed", "10:00:02"),
    condition("EndpointReachable", "Unknown", "Waiting", "10:00:03"),
    condition("NamespaceReady", "True", "NamespaceCreated", "10:00:03"),
  ],
});
const words = (told: readonly Happening[]) =>
  told.map(({ type, reason, time }) => [type, reason, new Date(time).toISOString().slice(11, 19)]);

describe("what a nested cluster tells of its past", () => {
  it("is when it was made, placed, and since when it is what it is", () => {
    expect(words(clusterTeller.told(unplaced, now))).toEqual([
      ["Normal", "Created", "10:00:00"],
      ["Warning", "InsufficientCapacity", "10:00:01"],
    ]);
    expect(words(clusterTeller.told(placed, now))).toEqual([
      ["Normal", "Created", "10:00:00"],
      ["Normal", "Placed", "10:00:02"],
      ["Normal", "ContainersStarting", "10:00:03"],
      ["Normal", "Waiting", "10:00:03"],
    ]);
  });

  it("is the same whenever it is told, so that it is kept once", () => {
    const kept = (object: KubeObject, time: number) =>
      clusterTeller.told(object, time).map((one) => entryOf(aboutCluster(object, one), object, one));
    expect(kept(placed, now + 3_600_000)).toEqual(kept(placed, now));
    // Where it was made does not become another place once it has one.
    expect(kept(placed, now)[0]).toEqual(kept(unplaced, now)[0]);
    expect(kept(placed, now).map(({ host }) => host)).toEqual(["", "edge", "edge", "edge"]);
  });

  it("is another's when it is made again under its name", () => {
    const again = cluster(undefined, { uid: "u-2" });
    const uids = [placed, again].map((object) => {
      const [made] = clusterTeller.told(object, now);
      return made && entryOf(aboutCluster(object, made), object, made).uid;
    });
    expect(new Set(uids).size).toBe(2);
  });

  it("is never in the future, whatever a host says", () => {
    const liar = cluster({
      host: "edge",
      conditions: [{ ...condition("Ready", "False", "X", "10:00:00"), lastTransitionTime: "9999-01-01T00:00:00Z" }],
    });
    expect(clusterTeller.told(liar, now).map(({ time }) => time)).toEqual([Date.parse(at("10:00:00")), now]);
    const ancient = cluster(undefined, { creationTimestamp: "1812-01-01T00:00:00Z" });
    expect(clusterTeller.told(ancient, now).map(({ time }) => time)).toEqual([0]);
  });
});

describe("what is new with a change", () => {
  it("is what was not told before, and the phase", () => {
    const news = newsOf(clusterTeller, { type: "modified", previous: unplaced, object: placed }, now);
    expect(words(news)).toEqual([
      ["Normal", "Placed", "10:00:02"],
      ["Normal", "ContainersStarting", "10:00:03"],
      ["Normal", "Waiting", "10:00:03"],
      ["Normal", "Provisioning", "12:00:00"],
    ]);
    expect(newsOf(clusterTeller, { type: "modified", previous: placed, object: placed }, now)).toEqual([]);
  });

  it("is another reason too, from now on, though the condition is what it was", () => {
    const failing = cluster({
      ...(placed.status as object),
      conditions: [condition("Ready", "False", "ImagePullFailed", "10:00:03")],
    });
    const news = newsOf(clusterTeller, { type: "modified", previous: placed, object: failing }, now);
    expect(words(news)).toEqual([["Warning", "ImagePullFailed", "12:00:00"]]);
  });

  it("is that it is gone", () => {
    expect(words(newsOf(clusterTeller, { type: "deleted", previous: placed }, now))).toEqual([
      ["Normal", "Deleted", "12:00:00"],
    ]);
  });

  it("is when a host falls silent, and comes back", () => {
    const host = (phase: string) => ({ ...cluster({ phase }), kind: "HostCluster" });
    const seen = (from: string, to: string) =>
      words(newsOf(hostTeller, { type: "modified", previous: host(from), object: host(to) }, now));
    expect(seen("Running", "Unhealthy")).toEqual([["Warning", "Unhealthy", "12:00:00"]]);
    expect(seen("Importing", "Running")).toEqual([["Normal", "Running", "12:00:00"]]);
  });
});
