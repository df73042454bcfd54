import type { ClusterGroup, HostCluster, NestedCluster } from "@inkube/api";
import { describe, expect, it } from "vitest";
import { type EndpointFleet, endpointTarget } from "./endpoint-target.ts";

const hosts: Record<string, object> = {
  edge: { type: "LoadBalancer", domain: "*.edge.example.test" },
  local: { type: "LoadBalancer" },
};
const group = { spec: { hosts: [{ name: "edge", domain: "*.group.example.test" }, { name: "other" }] } };
const fleet: EndpointFleet = {
  host: (name) => (hosts[name] ? ({ spec: { endpoint: hosts[name] } } as unknown as HostCluster) : undefined),
  group: (name) => (name === "europe" ? (group as unknown as ClusterGroup) : undefined),
};

/** What is asked of a nested cluster that wants this type and whose host reports that. */
function target(wanted: string | undefined, reported: object | undefined, changes: Record<string, object> = {}) {
  const cluster = {
    metadata: { name: "web", namespace: "team", ...changes.metadata },
    spec: { endpoint: { ...(wanted && { type: wanted }) }, ...changes.spec },
    status: { host: "edge", ...(reported && { endpoint: reported }), ...changes.status },
  };
  return endpointTarget(cluster as unknown as NestedCluster, fleet);
}

const balanced = { type: "LoadBalancer", url: "https://203.0.113.7:443" };
const ingress = (url: string, changes = {}) => target("Ingress", { type: "Ingress", url }, changes);

describe("endpointTarget", () => {
  const asked: [string, string, string][] = [
    ["LoadBalancer", "https://203.0.113.7:443", "https://203.0.113.7"],
    ["LoadBalancer", "https://lb.example.net:6443", "https://lb.example.net:6443"],
    ["NodePort", "https://10.0.0.5:31234", "https://10.0.0.5:31234"],
    ["Ingress", "https://web.team.edge.example.test:443", "https://web.team.edge.example.test"],
    ["Gateway", "https://web.team.edge.example.test:6443", "https://web.team.edge.example.test:6443"],
  ];
  it.each(asked)("NET-07 asks at %s %s", (type, url, origin) => {
    expect(target(type, { type, url })).toEqual({ url: origin });
  });

  it("asks at the type of the host where the nested cluster says none", () => {
    expect(target(undefined, balanced)).toEqual({ url: "https://203.0.113.7" });
  });

  it("takes a name under the domain that the group gives the host", () => {
    const url = "https://web.team.group.example.test:443";
    expect(ingress(url)).toEqual({ refused: true });
    expect(ingress(url, { spec: { group: "europe" } })).toEqual({ url: "https://web.team.group.example.test" });
  });

  it.each<[string, ReturnType<typeof target>]>([
    ["the hub's own host", target("LoadBalancer", balanced, { status: { host: "local" } })],
    ["no host", target("LoadBalancer", balanced, { status: { host: undefined as never } })],
    ["a host that is gone", target("LoadBalancer", balanced, { status: { host: "gone" } })],
    ["one that is being deleted", target("LoadBalancer", balanced, { metadata: { deletionTimestamp: "now" } })],
    ["no endpoint yet", target("LoadBalancer", undefined)],
    ["no address yet", target("LoadBalancer", { type: "LoadBalancer" })],
    ["the hub as endpoint", target("Hub", { type: "Hub", url: "https://203.0.113.7:443" })],
    ["a ClusterIP", target("ClusterIP", { type: "ClusterIP", url: "https://10.96.0.7:443" })],
    ["another type than is wanted, whose rules are laxer", target("Ingress", balanced)],
    ["another type than the host's", target(undefined, { type: "NodePort", url: "https://10.0.0.5:2379" })],
  ])("asks nothing of %s", (_what, answer) => expect(answer).toBeUndefined());

  it.each<[string, ReturnType<typeof target>]>([
    ["plain HTTP", target("LoadBalancer", { ...balanced, url: "http://203.0.113.7:443" })],
    ["another scheme", target("LoadBalancer", { ...balanced, url: "file:///etc/passwd" })],
    ["no URL", target("LoadBalancer", { ...balanced, url: "203.0.113.7" })],
    ["a password", target("LoadBalancer", { ...balanced, url: "https://a:b@203.0.113.7" })],
    ["a path", target("LoadBalancer", { ...balanced, url: "https://203.0.113.7/admin" })],
    ["a query", target("LoadBalancer", { ...balanced, url: "https://203.0.113.7?a=b" })],
    ["a port that no load balancer has", target("LoadBalancer", { ...balanced, url: "https://10.0.0.5:10250" })],
    ["a port that no node port is", target("NodePort", { type: "NodePort", url: "https://10.0.0.5:443" })],
    ["a name elsewhere", ingress("https://intranet.example.test")],
    ["a name that only ends alike", ingress("https://web.team.evil-edge.example.test")],
    ["the domain itself", ingress("https://edge.example.test")],
    ["a domain below another", ingress("https://edge.example.test.evil.test")],
    ["an address in place of a name", ingress("https://203.0.113.7")],
  ])("refuses %s", (_what, answer) => expect(answer).toEqual({ refused: true }));
});
