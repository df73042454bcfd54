import { names } from "@inkube/api";
import type { KubeObject, WatchCache } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { type HostNode, toHostNode } from "./host-node.ts";
import { type HostView, readHostView } from "./host-view.ts";

const node: KubeObject = {
  metadata: { name: "node" },
  status: { addresses: [{ type: "InternalIP", address: "172.31.0.2" }] },
};

function view(spec?: object): Promise<HostView> {
  const object = spec && { metadata: { name: names.localHost }, spec };
  return readHostView({
    hostClusters: { get: () => object } as unknown as WatchCache,
    nodes: { list: () => [toHostNode(node)] } as unknown as WatchCache<HostNode>,
    serviceCIDR: () => Promise.resolve("10.96.0.0/16"),
    syncerClusterIP: () => Promise.resolve("10.96.0.77"),
    programImage: "inkube:dev",
  });
}

describe("readHostView", () => {
  it("lets clusters be nested and reached on the host where no HostCluster says otherwise", async () => {
    const { endpoint, nesting } = await view();
    expect(nesting).toBe(true);
    expect(endpoint).toEqual({
      type: "ClusterIP",
      addresses: ["172.31.0.2"],
      port: 443,
      ingress: { controller: "nginx" },
      loadBalancer: {},
    });
  });

  it("takes over the whole policy of the HostCluster", async () => {
    const policy = {
      type: "Gateway",
      addresses: ["hosts.example.com"],
      domain: "*.clusters.example.com",
      port: 6443,
      ingress: { controller: "haproxy", className: "public" },
      gateway: { name: "public", namespace: "gateways" },
      loadBalancer: { className: "example.com/metal" },
    };
    expect((await view({ nesting: false, endpoint: policy })).endpoint).toEqual(policy);
    expect((await view({ nesting: false, endpoint: policy })).nesting).toBe(false);
  });
});
