import type { NestedClusterSpec } from "@inkube/api";
import type { EndpointPolicy } from "../endpoints/endpoint.ts";
import type { RenderInput } from "../render/input.ts";

/** A specification with every default filled in. */
export const sampleSpec: NestedClusterSpec = {
  size: { cpu: "2", memory: "4Gi", storage: "10Gi", pods: 100 },
  datastore: { type: "sqlite", storage: { size: "1Gi" } },
  endpoint: { loadBalancer: { externalTrafficPolicy: "Cluster" } },
  syncer: "shared",
  podSecurity: "baseline",
  clusterDomain: "cluster.local",
};

/** What a host says that leaves everything open but its node's address. */
export const samplePolicy: EndpointPolicy = {
  addresses: ["172.31.0.2"],
  port: 443,
  ingress: { controller: "nginx" },
  loadBalancer: {},
};

/** Input for rendering with placeholders where keys would be, so that results are the same on every run. */
export function sampleInput(changes: Partial<RenderInput> = {}): RenderInput {
  const files = [
    "ca",
    "front-proxy-ca",
    "apiserver",
    "apiserver-kubelet-client",
    "front-proxy-client",
    "admin",
    "syncer",
  ];
  const pairs = [...files, "controller-manager"].flatMap((name) => [`${name}.crt`, `${name}.key`]);
  return {
    cluster: { project: "team", name: "demo", uid: "0f0f-1", hostNamespace: "inkube-team-demo-12345" },
    spec: sampleSpec,
    distro: "k8s",
    version: "v1.34.4",
    endpointType: "ClusterIP",
    endpointPolicy: samplePolicy,
    host: {
      serviceCIDR: "10.96.0.0/16",
      podCIDRs: ["10.244.0.0/24"],
      syncerClusterIP: "10.96.0.77",
      programImage: "inkube:dev",
    },
    clusterIP: "10.96.3.4",
    endpointUrl: "https://10.96.3.4:443",
    serverNames: ["kubernetes", "10.96.3.4"],
    pki: Object.fromEntries([...pairs, "sa.key", "sa.pub"].map((file) => [file, `<${file}>`])),
    egress: { certificate: "<egress.crt>", key: "<egress.key>" },
    internalCa: "<internal-ca.crt>",
    ...changes,
  };
}
