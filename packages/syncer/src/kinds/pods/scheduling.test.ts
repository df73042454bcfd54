import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { aContext, aNested } from "../kind-fixtures.ts";
import { pods } from "./index.ts";
import { hostScheduling } from "./scheduling.ts";

function node(name: string, labels: Record<string, string> = {}, spec: object = {}): KubeObject {
  return { metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } }, spec };
}

/** Two nodes; inside, `b` has label disk=ssd and `a` what the options say. */
function nodesContext(inside: { labels?: Record<string, string>; spec?: object } = {}) {
  return aContext({
    host: { nodes: [node("a", { zone: "1" }), node("b", { zone: "2" })] },
    nested: { nodes: [node("a", { zone: "1", ...inside.labels }, inside.spec), node("b", { zone: "2", disk: "ssd" })] },
  });
}

const onNode = (name: string) => ({ matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] });
const notOn = (name: string) => ({ key: "metadata.name", operator: "NotIn", values: [name] });
const required = (...nodeSelectorTerms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
});
const schedulingOf = (spec: object, context = nodesContext()) => hostScheduling(aNested("web", { spec }), context);

describe("node selection", () => {
  it("passes when the host's nodes say the same", () => {
    const spec = {
      nodeSelector: { zone: "1" },
      affinity: required({ matchExpressions: [{ key: "zone", operator: "In", values: ["1"] }] }),
    };
    expect(schedulingOf(spec)).toEqual(spec);
    expect(schedulingOf({ nodeSelector: { nobody: "has-it" } })).toEqual({ nodeSelector: { nobody: "has-it" } });
    expect(schedulingOf({})).toEqual({});
  });

  it("by a label that exists only inside names the nodes that have it", () => {
    expect(schedulingOf({ nodeSelector: { disk: "ssd" } })).toEqual({ affinity: required(onNode("b")) });
    const absent = { matchExpressions: [{ key: "disk", operator: "DoesNotExist" }] };
    expect(schedulingOf({ affinity: required(absent) })).toEqual({ affinity: required(onNode("a")) });
  });

  it("joins selector, terms and fields when one of them reads a label that exists only inside", () => {
    const context = nodesContext({ labels: { disk: "ssd", gpus: "4" } });
    const terms = [
      { matchExpressions: [{ key: "gpus", operator: "Gt", values: ["3"] }] },
      { matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] },
      {},
    ];
    const both = { affinity: required(onNode("a"), onNode("b")) };
    expect(schedulingOf({ nodeSelector: { disk: "ssd" }, affinity: required(...terms) }, context)).toEqual(both);
    const onlyB = { nodeSelector: { zone: "2" }, affinity: required(...terms) };
    expect(schedulingOf(onlyB, context)).toEqual({ affinity: required(onNode("b")) });
  });

  it("waits while no node inside satisfies it", () => {
    const pod = aNested("web", { spec: { nodeSelector: { disk: "tape" } } });
    expect(pods.decide(pod, nodesContext())).toMatchObject({ sync: false, wait: true });
    const assigned = aNested("web", { spec: { nodeSelector: { disk: "tape" }, nodeName: "a" } });
    expect(pods.decide(assigned, nodesContext())).toEqual({ sync: true });
  });

  it("turns a preference for a label that exists only inside into one for each node that has it", () => {
    const preference = (term: object) => ({ weight: 7, preference: term });
    const zone = preference({ matchExpressions: [{ key: "zone", operator: "Exists" }] });
    const disk = preference({ matchExpressions: [{ key: "disk", operator: "Exists" }] });
    const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [zone, disk] } };
    expect(schedulingOf({ affinity })).toEqual({
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [zone, preference(onNode("b"))] } },
    });
  });

  const dedicated = { key: "dedicated", value: "x", effect: "NoSchedule" };

  it("keeps pods off nodes whose taint inside they do not tolerate", () => {
    const context = nodesContext({ spec: { taints: [dedicated] } });
    expect(schedulingOf({}, context)).toEqual({ affinity: required({ matchFields: [notOn("a")] }) });
    const term = { matchExpressions: [{ key: "zone", operator: "Exists" }] };
    expect(schedulingOf({ affinity: required(term, {}) }, context)).toEqual({
      affinity: required({ ...term, matchFields: [notOn("a")] }),
    });
    expect(schedulingOf({ nodeSelector: { disk: "ssd" } }, context)).toEqual({ affinity: required(onNode("b")) });
  });

  it.each([
    [{ key: "dedicated", operator: "Equal", value: "x", effect: "NoSchedule" }],
    [{ key: "dedicated", value: "x" }],
    [{ key: "dedicated", operator: "Exists" }],
    [{ operator: "Exists" }],
  ])("lets a pod with toleration %o on a node with that taint", (toleration) => {
    const context = nodesContext({ spec: { taints: [dedicated] } });
    expect(schedulingOf({ tolerations: [toleration] }, context)).toEqual({});
  });

  it.each([
    [{ key: "dedicated", value: "y", effect: "NoSchedule" }],
    [{ key: "dedicated", operator: "Exists", effect: "NoExecute" }],
    [{ key: "other", operator: "Exists" }],
  ])("keeps a pod with toleration %o off it", (toleration) => {
    const context = nodesContext({ spec: { taints: [dedicated] } });
    expect(schedulingOf({ tolerations: [toleration] }, context)).toHaveProperty("affinity");
  });

  it("follows a cordon inside, unless the pod tolerates it", () => {
    const context = nodesContext({ spec: { unschedulable: true } });
    expect(schedulingOf({}, context)).toEqual({ affinity: required({ matchFields: [notOn("a")] }) });
    const toleration = { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" };
    expect(schedulingOf({ tolerations: [toleration] }, context)).toEqual({});
  });

  it("leaves to the host's scheduler what the host's nodes carry themselves, soft taints and judgements of health", () => {
    const health = { key: "node.kubernetes.io/unreachable", effect: "NoSchedule" };
    const soft = { key: "soft", effect: "PreferNoSchedule" };
    const context = aContext({
      host: { nodes: [node("a", {}, { taints: [dedicated] })] },
      nested: { nodes: [node("a", {}, { taints: [dedicated, health, soft] })] },
    });
    expect(schedulingOf({}, context)).toEqual({});
  });

  it("waits while every node is tainted inside", () => {
    const context = aContext({
      host: { nodes: [node("a")] },
      nested: { nodes: [node("a", {}, { taints: [dedicated] })] },
    });
    expect(pods.decide(aNested("web", { spec: {} }), context)).toMatchObject({ sync: false, wait: true });
  });
});

describe("pod affinity", () => {
  const own = { "inkube.dev/managed-by": "syncer" };
  const within = (...values: string[]) => ({ key: "inkube.dev/namespace", operator: "In", values });
  const namespace = (name: string, labels: Record<string, string>) => ({ metadata: { name, labels } });
  const context = aContext({
    nested: {
      namespaces: [namespace("x", { team: "1" }), namespace("y", { team: "2" }), namespace("z", { team: "1" })],
    },
  });

  function termOf(term: object, labels = {}) {
    const list = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "k", ...term }] };
    const pod = aNested("web", { spec: { affinity: { podAntiAffinity: list } } }, { labels });
    return (hostScheduling(pod, context).affinity as { podAntiAffinity: typeof list }).podAntiAffinity
      .requiredDuringSchedulingIgnoredDuringExecution[0];
  }

  it.each([
    ["the pod's own namespace", {}, [within("default")]],
    ["listed namespaces", { namespaces: ["x", "y"] }, [within("x", "y")]],
    ["selected namespaces", { namespaceSelector: { matchLabels: { team: "1" } } }, [within("x", "z")]],
    [
      "listed and selected namespaces together",
      {
        namespaces: ["y"],
        namespaceSelector: { matchExpressions: [{ key: "team", operator: "NotIn", values: ["2"] }] },
      },
      [within("x", "y", "z")],
    ],
  ])("looks into %s", (_name, term, matchExpressions) => {
    expect(termOf({ labelSelector: { matchLabels: { app: "w" } }, ...term })).toEqual({
      topologyKey: "k",
      labelSelector: { matchLabels: { app: "w", ...own }, matchExpressions },
    });
  });

  it("looks into all namespaces of this cluster, and not at the host's own pods, for an empty namespace selector", () => {
    expect(termOf({ labelSelector: {}, namespaceSelector: {} })).toEqual({
      topologyKey: "k",
      labelSelector: { matchLabels: own },
    });
  });

  it("matches no pod without a selector or without a namespace", () => {
    expect(termOf({})).toEqual({ topologyKey: "k" });
    const nobody = { labelSelector: {}, namespaceSelector: { matchLabels: { team: "9" } } };
    expect(termOf(nobody)).toEqual({ topologyKey: "k" });
  });

  it("writes out the pod's values of label keys, once", () => {
    const hash = { key: "hash", operator: "In", values: ["h"] };
    const term = {
      labelSelector: { matchExpressions: [hash] },
      matchLabelKeys: ["hash", "none"],
      mismatchLabelKeys: ["t"],
    };
    expect(termOf(term, { hash: "h", t: "1" })).toEqual({
      topologyKey: "k",
      labelSelector: {
        matchLabels: own,
        matchExpressions: [hash, { key: "t", operator: "NotIn", values: ["1"] }, within("default")],
      },
    });
  });

  it("keeps weights", () => {
    const podAffinityTerm = { topologyKey: "k", labelSelector: {} };
    const list = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 3, podAffinityTerm }] };
    const host = hostScheduling(aNested("web", { spec: { affinity: { podAffinity: list } } }), context);
    expect(host).toHaveProperty("affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution.0", {
      weight: 3,
      podAffinityTerm: { topologyKey: "k", labelSelector: { matchLabels: own, matchExpressions: [within("default")] } },
    });
  });

  it("spreads over topology among pods of the pod's own namespace", () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      nodeTaintsPolicy: "Honor",
    };
    const spec = {
      topologySpreadConstraints: [
        { ...constraint, labelSelector: { matchLabels: { app: "w" } }, matchLabelKeys: ["hash"] },
        constraint,
      ],
    };
    expect(hostScheduling(aNested("web", { spec }, { labels: { hash: "h" } }), context)).toEqual({
      topologySpreadConstraints: [
        {
          ...constraint,
          labelSelector: {
            matchLabels: { app: "w", ...own },
            matchExpressions: [{ key: "hash", operator: "In", values: ["h"] }, within("default")],
          },
        },
        constraint,
      ],
    });
  });
});
