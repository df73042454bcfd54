import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { isForgotten, judgePod } from "./pod-state.ts";

const podWith = (status: object): KubeObject => ({ metadata: { name: "control-plane-0" }, status });
const claimWith = (phase: string, spec: object = { storageClassName: "fast" }): KubeObject => ({
  metadata: { name: "data-control-plane-0" },
  spec,
  status: { phase },
});
const unscheduled = (message: string): KubeObject =>
  podWith({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] });
const unbound = unscheduled("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.");
const noRoom = unscheduled("0/1 nodes are available: 1 Insufficient cpu.");
const container = (state: object, restartCount = 0): KubeObject =>
  podWith({ containerStatuses: [{ name: "kube-apiserver", image: "i", ready: false, restartCount, state }] });
const pending = claimWith("Pending");

describe("a new control plane pod", () => {
  it.each([
    ["waits for its volume", unbound, "The datastore's volume is being provisioned"],
    ["waits for a node", noRoom, "A host node is being looked for"],
    [
      "has a container that ended once",
      container({ terminated: { exitCode: 1, message: "no kine" } }),
      "started again",
    ],
  ])("is calm when it %s", (_title, pod, words) => {
    const { reason, particulars } = judgePod(pod, { claim: pending, fresh: true });
    expect(reason).toBe("ContainersStarting");
    expect(particulars).toContain(words);
  });

  it.each([
    ["an image is not there", container({ waiting: { reason: "ErrImagePull" } }), pending, "ImagePullFailed"],
    ["no class can provide the volume", unbound, claimWith("Pending", {}), "VolumePending"],
    ["a container ended again", container({ terminated: { exitCode: 1 } }, 1), pending, "ControlPlaneCrashing"],
  ])("says at once that %s", (_title, pod, claim, reason) => {
    expect(judgePod(pod, { claim, fresh: true }).reason).toBe(reason);
  });
});

describe("a control plane pod that is no longer new", () => {
  it.each([
    ["its volume is not bound", unbound, pending, "VolumePending"],
    ["no node has room", noRoom, pending, "Unschedulable"],
    [
      "its bound volume is on another node",
      unscheduled("node(s) had no PersistentVolume"),
      claimWith("Bound"),
      "Unschedulable",
    ],
  ])("says that %s", (_title, pod, claim, reason) => {
    expect(judgePod(pod, { claim, fresh: false }).reason).toBe(reason);
  });

  it("is not blamed while it goes", () => {
    const pod = { ...noRoom, metadata: { name: "control-plane-0", deletionTimestamp: "2026-01-01T00:00:00Z" } };
    expect(judgePod(pod, { claim: pending, fresh: false }).particulars).toBe("The pod before is ending");
  });
});

describe("a pod that the scheduler has forgotten", () => {
  it.each([
    ["waits for a claim that is bound", unbound, "Bound", true],
    ["waits for a claim that is not", unbound, "Pending", false],
    ["has no room", noRoom, "Bound", false],
    ["runs", container({ running: {} }), "Bound", false],
  ])("%s", (_title, pod, phase, expected) => {
    expect(isForgotten(pod, claimWith(phase))).toBe(expected);
  });
});
