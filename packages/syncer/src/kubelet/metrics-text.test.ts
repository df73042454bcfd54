import { describe, expect, it } from "vitest";
import { fakePod, fakeView } from "../tunnel/testing/fake-view.ts";
import { nestedMetrics } from "./metrics-text.ts";
import { nestedSummary } from "./summary.ts";

const view = fakeView();
const pair = fakePod(view, "web", "node-a");
pair.nested.spec = {
  volumes: [
    { name: "data", persistentVolumeClaim: { claimName: "data-web" } },
    { name: "scratch", ephemeral: {} },
  ],
};
const ns = view.identity.hostNamespace;

describe("a kubelet's metrics", () => {
  it("hold the cluster's own pods under their own names, and the node as a whole", () => {
    const text = [
      "# HELP container_cpu_usage_seconds_total CPU",
      "# TYPE container_cpu_usage_seconds_total counter",
      `container_cpu_usage_seconds_total{container="app",namespace="${ns}",pod="web-x-default-x-demo"} 1.5 1760000000000`,
      `container_cpu_usage_seconds_total{container="app",namespace="${ns}",pod="control-plane-0"} 2`,
      'container_cpu_usage_seconds_total{container="app",namespace="inkube-team-other",pod="web-x-default-x-demo"} 3',
      `container_fs_usage_bytes{device="a\\"},{b",namespace="${ns}",pod="web-x-default-x-demo"} 4`,
      'container_cpu_usage_seconds_total{id="/"} 5',
      'container_cpu_usage_seconds_total{id="/system.slice/sshd.service"} 6',
      'container_tasks_state{container="",id="/kubepods",namespace="",pod="",state="running"} 0',
      'machine_cpu_cores{machine_id="secret"} 8',
      "machine_scrape_error 0",
      "node_cpu_usage_seconds_total 7 1760000000000",
      'broken{pod="web',
      "",
    ].join("\n");
    expect(nestedMetrics(text, [pair]).split("\n")).toEqual([
      "# HELP container_cpu_usage_seconds_total CPU",
      "# TYPE container_cpu_usage_seconds_total counter",
      'container_cpu_usage_seconds_total{container="app",namespace="default",pod="web"} 1.5 1760000000000',
      'container_fs_usage_bytes{device="a\\"},{b",namespace="default",pod="web"} 4',
      'container_cpu_usage_seconds_total{id="/"} 5',
      "node_cpu_usage_seconds_total 7 1760000000000",
      "",
    ]);
  });
});

describe("a kubelet's summary", () => {
  it("holds the cluster's own pods with their own names and claims, and the node's numbers", () => {
    const summary = {
      node: { nodeName: "node-a", cpu: { usageNanoCores: 1 } },
      pods: [
        {
          podRef: { name: "web-x-default-x-demo", namespace: ns, uid: "host-uid" },
          volume: [
            { name: "data", usedBytes: 1, pvcRef: { name: "data-web-x-default-x-demo", namespace: ns } },
            { name: "scratch", usedBytes: 2, pvcRef: { name: "host-scratch", namespace: ns } },
            { name: "gone", usedBytes: 3, pvcRef: { name: "host-gone", namespace: ns } },
          ],
        },
        { podRef: { name: "control-plane-0", namespace: ns, uid: "x" } },
        { podRef: { name: "web-x-default-x-demo", namespace: "inkube-team-other", uid: "y" } },
      ],
    };
    expect(nestedSummary(summary, [pair])).toEqual({
      node: summary.node,
      pods: [
        {
          podRef: { name: "web", namespace: "default", uid: "uid-of-web" },
          volume: [
            { name: "data", usedBytes: 1, pvcRef: { name: "data-web", namespace: "default" } },
            { name: "scratch", usedBytes: 2, pvcRef: { name: "web-scratch", namespace: "default" } },
            { name: "gone", usedBytes: 3 },
          ],
        },
      ],
    });
  });
});
