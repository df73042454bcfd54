import type { Client, KubeObject } from "@inkube/kube";
import type { ClusterRegistry, ClusterView, ServiceAddresses } from "../../cluster-view.ts";

export interface FakeView extends ClusterView {
  nodes: KubeObject[];
  pods: { nested: KubeObject; host: KubeObject }[];
  addresses: Set<string>;
  /** What was asked of the host, and how it answers. */
  asked: { service: KubeObject; dryRun: boolean; update: boolean }[];
  answer: (service: KubeObject) => ServiceAddresses;
}

/** A nested cluster in memory; everything in it can be set by the test. */
export function fakeView(fields: { name?: string; host?: Client; nested?: Client } = {}): FakeView {
  const name = fields.name ?? "demo";
  const unused = new Proxy({} as Client, {
    get: (target, member) =>
      Reflect.get(target, member) ?? (() => Promise.reject(new Error(`no client for ${String(member)} in this test`))),
  });
  const view: FakeView = {
    identity: { project: "team", name, uid: `uid-of-${name}`, hostNamespace: `inkube-team-${name}-0a1b2` },
    host: fields.host ?? unused,
    nested: fields.nested ?? unused,
    nodes: [],
    pods: [],
    addresses: new Set(),
    asked: [],
    answer: () => ({ clusterIP: "10.96.7.7", clusterIPs: ["10.96.7.7"], ipFamilies: ["IPv4"], nodePorts: [] }),
    hostPodOf: (namespace, pod) =>
      view.pods.find(({ nested }) => nested.metadata.namespace === namespace && nested.metadata.name === pod)?.host,
    podsOnNode: (node) => view.pods.filter(({ host }) => (host.spec as { nodeName?: string }).nodeName === node),
    nodeByAddress: (ip) =>
      view.nodes.find(({ status }) =>
        (status as { addresses: { address: string }[] }).addresses.some(({ address }) => address === ip),
      ),
    ownsAddress: (ip) => view.addresses.has(ip),
    async ensureHostService(service, { dryRun, update = false }) {
      view.asked.push({ service, dryRun, update });
      return view.answer(service);
    },
  };
  return view;
}

export function fakeRegistry(...views: ClusterView[]): ClusterRegistry {
  return { byHostNamespace: (name) => views.find(({ identity }) => identity.hostNamespace === name) };
}

export function fakeNode(name: string, address: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: { addresses: [{ type: "InternalIP", address }] },
  };
}

/** A pod of `default` in the nested cluster and what stands for it on the host. */
export function fakePod(view: ClusterView, name: string, node: string): { nested: KubeObject; host: KubeObject } {
  const uid = `uid-of-${name}`;
  return {
    nested: { metadata: { name, namespace: "default", uid }, spec: { nodeName: node, containers: [{ name: "app" }] } },
    host: {
      metadata: {
        name: `${name}-x-default-x-${view.identity.name}`,
        namespace: view.identity.hostNamespace,
        uid: `host-${uid}`,
        annotations: { "inkube.dev/uid": uid },
      },
      spec: { nodeName: node, containers: [{ name: "app" }] },
    },
  };
}
