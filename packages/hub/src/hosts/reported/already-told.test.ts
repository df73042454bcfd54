import type { KubeObject } from "@inkube/kube";
import { expect, it } from "vitest";
import { isAlreadyTold } from "./already-told.ts";

const condition = (type: string, status = "True") => ({ type, status, reason: type, message: "" });
const object = (status?: object): KubeObject => ({ metadata: { name: "a" }, ...(status && { status }) });
const ready = { phase: "Ready", conditions: [condition("Ready"), condition("Synced")] };
const kept = { ...ready, host: "edge-1", conditions: [condition("Placed"), ...ready.conditions] };

it.each<[string, boolean, object | undefined, Record<string, unknown>]>([
  ["the same", true, kept, ready],
  ["conditions in another order", true, kept, { ...ready, conditions: [...ready.conditions].reverse() }],
  ["nothing of nothing", true, undefined, {}],
  ["nothing of one that was only placed", true, { host: "edge-1", conditions: [condition("Placed")] }, {}],
  ["another phase", false, kept, { ...ready, phase: "Degraded" }],
  ["a member more", false, kept, { ...ready, version: "v1.34.4" }],
  ["a member less", false, kept, { conditions: ready.conditions }],
  ["a condition more", false, kept, { ...ready, conditions: [...ready.conditions, condition("EndpointReachable")] }],
  ["a condition less", false, kept, { ...ready, conditions: [condition("Ready")] }],
  ["another condition", false, kept, { ...ready, conditions: [condition("Ready", "False"), condition("Synced")] }],
  ["something of nothing", false, undefined, ready],
])("%s is already told: %s", (_what, expected, status, reported) => {
  expect(isAlreadyTold(object(status), reported)).toBe(expected);
});
