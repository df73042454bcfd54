import { describe, expect, it } from "vitest";
import { aContext, aHostCopy, aNested } from "../kind-fixtures.ts";
import { podFromHost } from "./status.ts";

const spec = { containers: [{ name: "c" }] };
const context = aContext();

function statusFrom(hostStatus: object, nestedStatus: object = {}, metadata: object = {}, nestedSpec: object = {}) {
  const nested = aNested("web", { spec: { ...spec, nodeName: "n", ...nestedSpec }, status: nestedStatus }, metadata);
  const host = aHostCopy(nested, { spec: { nodeName: "n" }, status: { phase: "Running", ...hostStatus } });
  return podFromHost(host, nested, context);
}

const patched = (status: object) => [{ verb: "patch", subresource: "status", body: { status } }];

describe("what a nested pod takes over", () => {
  it("is the node first, then the status", () => {
    const nested = aNested("web", { spec });
    const host = aHostCopy(nested, { spec: { nodeName: "n1" }, status: { phase: "Pending" } });
    expect(podFromHost(host, nested, context)).toEqual([
      { verb: "bind", node: "n1" },
      ...patched({ phase: "Pending" }),
    ]);
  });

  it("is nothing when both sides agree", () => {
    const status = { phase: "Running", podIP: "10.1.0.2", podIPs: [{ ip: "10.1.0.2" }] };
    expect(statusFrom(status, status)).toEqual([]);
  });

  it("is nothing from a host pod without status, or that belongs to an earlier nested pod", () => {
    const nested = aNested("web", { spec, status: { phase: "Running" } });
    expect(podFromHost(aHostCopy(nested, { spec: {} }), nested, context)).toEqual([]);
    const earlier = aHostCopy(aNested("web", {}, { uid: "old" }), {
      spec: { nodeName: "n" },
      status: { phase: "Failed" },
    });
    expect(podFromHost(earlier, nested, context)).toEqual([]);
  });

  it("removes what the host no longer says", () => {
    expect(statusFrom({}, { phase: "Running", reason: "Old", podIP: "10.1.0.2" })).toEqual(
      patched({ reason: null, podIP: null }),
    );
  });

  it("leaves out what belongs to the host's scheduler and keeps the QoS class of inside", () => {
    const host = { nominatedNodeName: "n2", qosClass: "Burstable", resourceClaimStatuses: [{ name: "r" }] };
    expect(statusFrom(host, { phase: "Running", qosClass: "BestEffort" })).toEqual([]);
  });

  it("has the nested generation wherever the host says which one it saw", () => {
    const conditions = [{ type: "Ready", status: "True", observedGeneration: 9 }];
    expect(statusFrom({ observedGeneration: 9, conditions }, { phase: "Running" }, { generation: 2 })).toEqual(
      patched({ observedGeneration: 2, conditions: [{ type: "Ready", status: "True", observedGeneration: 2 }] }),
    );
  });

  it("keeps readiness gates and conditions that were set inside, and drops others that the host took back", () => {
    const gate = { type: "example.org/gate", status: "True" };
    const custom = { type: "example.org/custom", status: "False" };
    const disrupted = { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI" };
    const resize = { type: "PodResizePending", status: "True" };
    const onHost = [
      { type: "Ready", status: "False" },
      { type: "example.org/gate", status: "False" },
    ];
    const writes = statusFrom(
      { conditions: onHost },
      { phase: "Running", conditions: [gate, custom, disrupted, resize] },
      {},
      { readinessGates: [{ conditionType: "example.org/gate" }] },
    );
    expect(writes).toEqual(patched({ conditions: [onHost[0], gate, custom, disrupted] }));
  });

  it("shows no container that the host injected", () => {
    const own = { name: "c", ready: true, imageID: "sha256:1" };
    const containerStatuses = [own, { name: "istio-proxy" }];
    const initContainerStatuses = [{ name: "istio-init" }];
    expect(statusFrom({ containerStatuses, initContainerStatuses }, { phase: "Running" })).toEqual(
      patched({ containerStatuses: [own] }),
    );
  });

  it("speaks in the tenant's terms", () => {
    const message =
      'pod "web-x-default-x-demo" in inkube-team-demo-abcde: secret "web-x-default-x-demo-tokens" not found';
    const told = 'pod "web" in default: secret "web-tokens" not found';
    const containerStatuses = [
      {
        name: "c",
        state: { waiting: { reason: "CreateContainerConfigError", message } },
        lastState: { terminated: { reason: "StartError", message } },
      },
    ];
    const conditions = [{ type: "PodScheduled", status: "False", message }];
    expect(statusFrom({ message, conditions, containerStatuses }, { phase: "Running" })).toEqual(
      patched({
        message: told,
        conditions: [{ type: "PodScheduled", status: "False", message: told }],
        containerStatuses: [
          {
            name: "c",
            state: { waiting: { reason: "CreateContainerConfigError", message: told } },
            lastState: { terminated: { reason: "StartError", message: told } },
          },
        ],
      }),
    );
  });

  it("leaves alone what a container wrote when it ended", () => {
    const state = { terminated: { reason: "Error", exitCode: 1, message: "web-x-default-x-demo" } };
    const containerStatuses = [{ name: "c", state }];
    expect(statusFrom({ containerStatuses }, { phase: "Running", containerStatuses })).toEqual([]);
  });

  it("is its deletion, when the host deletes the pod, with the host's grace", () => {
    const nested = aNested("web", { spec: { ...spec, nodeName: "n" }, status: { phase: "Running" } });
    const deleted = { deletionTimestamp: "2026-01-01T00:00:30Z", deletionGracePeriodSeconds: 30 };
    const copy = aHostCopy(nested, { spec: { nodeName: "n" }, status: { phase: "Running" } });
    const host = { ...copy, metadata: { ...copy.metadata, ...deleted } };
    expect(podFromHost(host, nested, context)).toEqual([{ verb: "delete", gracePeriodSeconds: 30 }]);
    const going = { ...nested, metadata: { ...nested.metadata, deletionTimestamp: "2026-01-01T00:00:10Z" } };
    expect(podFromHost(host, going, context)).toEqual([]);
  });
});
