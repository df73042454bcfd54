import type { NestedClusterStatus, Phase, Reason } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { transitions } from "./transitions.ts";

const lastTransitionTime = "2026-01-01T00:00:00Z";

function status(phase: Phase, reason: Reason, namespace: "True" | "False" = "True"): NestedClusterStatus {
  const ready = {
    type: "Ready",
    status: phase === "Ready" ? "True" : "False",
    reason,
    message: "Words.",
    lastTransitionTime,
  };
  const namespaceReady = {
    type: "NamespaceReady",
    status: namespace,
    reason: "Waiting",
    message: "",
    lastTransitionTime,
  };
  return { phase, namespace: "inkube-team-demo", conditions: [ready, namespaceReady] } as NestedClusterStatus;
}

const starting = status("Provisioning", "ContainersStarting");
const ready = status("Ready", "Ready");

describe("what is told of a nested cluster", () => {
  it.each([
    ["its host namespace", undefined, starting, ["Normal Created The host namespace is inkube-team-demo."]],
    ["that it is ready", starting, ready, ["Normal Ready Words."]],
    [
      "what keeps it from that",
      starting,
      status("Provisioning", "ImagePullFailed"),
      ["Warning NotReady ImagePullFailed: Words."],
    ],
    [
      "that it degrades for a moment",
      ready,
      status("Degraded", "ContainersStarting"),
      ["Normal Degraded ContainersStarting: Words."],
    ],
    ["that it degrades", ready, status("Degraded", "Desynced"), ["Warning Degraded Desynced: Words."]],
    [
      "another cause of that",
      status("Degraded", "Desynced"),
      status("Degraded", "ControlPlaneCrashing"),
      ["Warning Degraded ControlPlaneCrashing: Words."],
    ],
    [
      "that it cannot be run",
      undefined,
      status("Failed", "VersionUnsupported", "False"),
      ["Warning Failed VersionUnsupported: Words."],
    ],
    ["that it goes", ready, status("Deleting", "Deleting", "False"), ["Normal Deleting Deleting: Words."]],
    [
      "what holds it",
      status("Deleting", "Deleting", "False"),
      status("Deleting", "DeletionBlocked", "False"),
      ["Warning Deleting DeletionBlocked: Words."],
    ],
    ["that it is paused", ready, status("Degraded", "Paused"), ["Normal Paused Words."]],
    ["nothing of mere progress", status("Pending", "NamespaceCreating"), starting, []],
    ["nothing twice", ready, ready, []],
    ["nothing twice of a problem", status("Failed", "SpecInvalid"), status("Failed", "SpecInvalid"), []],
    ["nothing without a judgement", ready, { conditions: [] }, []],
  ])("is %s", (_title, previous, next, told) => {
    const happenings = transitions(previous, next as NestedClusterStatus);
    expect(happenings.map(({ type, reason, message }) => `${type} ${reason} ${message}`)).toEqual(told);
  });
});
