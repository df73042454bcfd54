import { describe, expect, it } from "vitest";
import { toNestedEvent } from "./events.ts";
import { aContext, aHostCopy, aNested } from "./kind-fixtures.ts";
import { tenantTerms } from "./tenant-terms.ts";

const pod = aNested("web");
const hostPod = aHostCopy(pod);
const context = aContext({
  nested: { pods: [pod], nodes: [{ metadata: { name: "node-1" } }] },
  host: { pods: [hostPod] },
});
const involvedObject = {
  apiVersion: "v1",
  kind: "Pod",
  namespace: "inkube-team-demo-abcde",
  name: "web-x-default-x-demo",
  uid: "host-web-uid",
  resourceVersion: "77",
  fieldPath: "spec.containers{c}",
};

function event(fields: Record<string, unknown> = {}) {
  return {
    metadata: { name: "web-x-default-x-demo.17f0abc", namespace: "inkube-team-demo-abcde", uid: "e" },
    involvedObject,
    reason: "BackOff",
    message: "Back-off restarting failed container c in pod web-x-default-x-demo_inkube-team-demo-abcde(host-web-uid)",
    type: "Warning",
    count: 3,
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:01:00Z",
    eventTime: null,
    source: { component: "kubelet", host: "node-1" },
    reportingComponent: "kubelet",
    reportingInstance: "node-1",
    ...fields,
  };
}

describe("a host Event inside", () => {
  it("is about the nested object, in the tenant's terms", () => {
    expect(toNestedEvent(event(), context)).toEqual({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "web.17f0abc", namespace: "default" },
      involvedObject: {
        apiVersion: "v1",
        kind: "Pod",
        namespace: "default",
        name: "web",
        uid: "web-uid",
        fieldPath: "spec.containers{c}",
      },
      reason: "BackOff",
      message: "Back-off restarting failed container c in pod web_default(web-uid)",
      type: "Warning",
      count: 3,
      firstTimestamp: "2026-01-01T00:00:00Z",
      lastTimestamp: "2026-01-01T00:01:00Z",
      eventTime: null,
      source: { component: "kubelet", host: "node-1" },
      reportingComponent: "kubelet",
      reportingInstance: "node-1",
    });
  });

  it("names no machine that is not a node", () => {
    const told = toNestedEvent(
      event({ source: { component: "c", host: "cp-7" }, reportingComponent: "c", reportingInstance: "c-cp-7" }),
      context,
    );
    expect(told).toMatchObject({ source: { component: "c" }, reportingComponent: "c", reportingInstance: "c" });
    expect(JSON.stringify(told)).not.toContain("cp-7");
  });

  it("is still about the pod when its host pod is gone", () => {
    expect(toNestedEvent(event(), aContext({ nested: { pods: [pod] } }))).toMatchObject({
      involvedObject: { name: "web", uid: "web-uid" },
    });
  });

  it.each([
    ["an object of another namespace", { involvedObject: { ...involvedObject, namespace: "kube-system" } }],
    ["an earlier host pod", { involvedObject: { ...involvedObject, uid: "earlier" } }],
    ["the control plane", { involvedObject: { ...involvedObject, name: "control-plane-0" } }],
    ["a kind that is not synced", { involvedObject: { ...involvedObject, kind: "StatefulSet" } }],
    ["nothing", { involvedObject: undefined }],
  ])("is none about %s", (_name, fields) => {
    expect(toNestedEvent(event(fields), context)).toBeUndefined();
  });

  it("is none about the copy of an earlier nested pod", () => {
    const recreated = aNested("web", {}, { uid: "second" });
    const stale = aContext({ nested: { pods: [recreated] }, host: { pods: [hostPod] } });
    expect(toNestedEvent(event(), stale)).toBeUndefined();
  });

  it("fits the API's limit of a message", () => {
    const message = String(toNestedEvent(event({ message: "x".repeat(3000) }), context)?.message);
    expect(message).toHaveLength(1024);
  });
});

describe("tenant's terms", () => {
  const pair = { hostName: "web-x-default-x-demo", name: "web", namespace: "default" };
  const long = "a-very-long-name-that-does-not-fit-beside-its-namespace";
  const longClaim = aNested(long, {}, { namespace: "production" });
  const known = aContext({ nested: { persistentvolumeclaims: [longClaim] } });

  it.each([
    ['persistentvolumeclaim "data-web-0-x-shop-x-demo" not found', 'persistentvolumeclaim "data-web-0" not found'],
    ["lookup db-x-shop-x-demo.inkube-team-demo-abcde.svc.cluster.local.", "lookup db.default.svc.cluster.local."],
    ['secret "web-x-default-x-demo-tokens" not found', 'secret "web-tokens" not found'],
    ["inkube-team-demo-abcde/web-x-default-x-demo", "default/web"],
    [`claim ${known.hostName(long, "production")} is pending`, `claim ${long} is pending`],
    [
      'User "system:serviceaccount:inkube-system:inkube-syncer" cannot create pods in namespace "inkube-team-demo-abcde"',
      'User "the syncer" cannot create pods in namespace "default"',
    ],
    ["image a-x-b and web-x-default-x-demo2 stay", "image a-x-b and web-x-default-x-demo2 stay"],
    ["prefix-inkube-team-demo-abcde stays", "prefix-inkube-team-demo-abcde stays"],
  ])("say %o as %o", (message, told) => {
    expect(tenantTerms(message, known, pair)).toBe(told);
  });
});
