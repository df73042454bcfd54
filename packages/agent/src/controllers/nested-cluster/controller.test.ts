import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { isOnlyCounted } from "./controller.ts";

function quota(version: string, used: string, hard = "10"): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "size", namespace: "inkube-a-b", uid: "1", resourceVersion: version, labels: { part: "size" } },
    spec: { hard: { pods: hard } },
    status: { hard: { pods: hard }, used: { pods: used } },
  };
}

describe("changes of a quota", () => {
  it("concern nobody while only its count moves", () => {
    expect(isOnlyCounted({ type: "modified", previous: quota("1", "3"), object: quota("2", "4") })).toBe(true);
  });

  it("concern its cluster when what it allows or its labels differ, or it comes or goes", () => {
    const relabelled = { ...quota("2", "3"), metadata: { ...quota("2", "3").metadata, labels: {} } };
    expect(isOnlyCounted({ type: "modified", previous: quota("1", "3"), object: quota("2", "3", "99") })).toBe(false);
    expect(isOnlyCounted({ type: "modified", previous: quota("1", "3"), object: relabelled })).toBe(false);
    expect(isOnlyCounted({ type: "added", object: quota("1", "3") })).toBe(false);
    expect(isOnlyCounted({ type: "deleted", previous: quota("1", "3") })).toBe(false);
  });
});
