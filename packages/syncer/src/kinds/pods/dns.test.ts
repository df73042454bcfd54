import { describe, expect, it } from "vitest";
import { aContext, aNested } from "../kind-fixtures.ts";
import { hostDns, hostHostname } from "./dns.ts";
import { pods } from "./index.ts";

const searches = ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"];
const ndots = { name: "ndots", value: "5" };
const dnsOf = (spec: object, context = aContext()) => hostDns(aNested("web", { spec }), context);

describe("resolver settings on the host", () => {
  it.each([{}, { dnsPolicy: "ClusterFirst" }, { dnsPolicy: "ClusterFirstWithHostNet", hostNetwork: true }])(
    "of %o are those of the nested cluster, in full",
    (spec) => {
      expect(dnsOf(spec)).toEqual({
        dnsPolicy: "None",
        dnsConfig: { nameservers: ["10.0.0.10"], searches, options: [ndots] },
      });
    },
  );

  it("keep the pod's own settings whole, its options winning", () => {
    const dnsConfig = {
      nameservers: ["1.1.1.1", "10.0.0.10"],
      searches: ["example.org", "cluster.local"],
      options: [{ name: "edns0" }, { name: "ndots", value: "2" }],
    };
    expect(dnsOf({ dnsConfig })).toEqual({
      dnsPolicy: "None",
      dnsConfig: {
        nameservers: ["10.0.0.10", "1.1.1.1"],
        searches: [...searches, "example.org"],
        options: [{ name: "ndots", value: "2" }, { name: "edns0" }],
      },
    });
  });

  it("are cut to what a resolver takes, from the end", () => {
    const long = Array.from({ length: 40 }, (_, i) => `${"x".repeat(60)}${i}.example.org`);
    const { dnsConfig } = dnsOf({ dnsConfig: { nameservers: ["1.1.1.1", "2.2.2.2", "3.3.3.3"], searches: long } }) as {
      dnsConfig: { nameservers: string[]; searches: string[] };
    };
    expect(dnsConfig.nameservers).toEqual(["10.0.0.10", "1.1.1.1", "2.2.2.2"]);
    expect(dnsConfig.searches.slice(0, 3)).toEqual(searches);
    expect(dnsConfig.searches.join(" ").length).toBeLessThanOrEqual(2048);
    expect(dnsConfig.searches.length).toBeLessThanOrEqual(32);
  });

  it.each([
    { dnsPolicy: "Default" },
    { dnsPolicy: "None", dnsConfig: { nameservers: ["1.1.1.1"] } },
    { dnsPolicy: "ClusterFirst", dnsConfig: { options: [{ name: "edns0" }] } },
  ])("of %o with host network pass", (spec) => {
    expect(dnsOf({ ...spec, hostNetwork: true })).toEqual(spec);
  });

  it("are awaited, but not by pods that do not need the cluster's DNS or are it", () => {
    const context = aContext({ dnsIP: "" });
    const decide = (spec: object, metadata = {}) => pods.decide(aNested("web", { spec }, metadata), context);
    expect(decide({})).toMatchObject({ sync: false, wait: true });
    expect(decide({ dnsPolicy: "Default" })).toEqual({ sync: true });
    expect(decide({ dnsPolicy: "None" })).toEqual({ sync: true });
    expect(decide({ hostNetwork: true })).toEqual({ sync: true });
    expect(decide({}, { labels: { "k8s-app": "kube-dns" } })).toEqual({ sync: true });
    expect(dnsOf({}, context)).toEqual({ dnsPolicy: "Default" });
  });
});

describe("the hostname on the host", () => {
  const nameOf = (name: string, spec: object) => hostHostname(aNested(name, { spec }), aContext());

  it.each([
    ["web-0", {}, { hostname: "web-0" }],
    ["web-0", { hostname: "other" }, { hostname: "other" }],
    ["a.b", {}, { hostname: "a-b" }],
    [`${"a".repeat(62)}-b`, {}, { hostname: "a".repeat(62) }],
    ["web-0", { subdomain: "web" }, { hostname: "web-0" }],
    ["web-0", { hostNetwork: true, hostname: "h" }, {}],
    [
      "web-0",
      { subdomain: "web", setHostnameAsFQDN: true },
      { hostname: "web-0", hostnameOverride: "web-0.web.default.svc.cluster.local" },
    ],
    ["web-0", { setHostnameAsFQDN: true }, { hostname: "web-0" }],
    ["web-0", { subdomain: "s".repeat(60), setHostnameAsFQDN: true }, { hostname: "web-0" }],
    ["web-0", { hostnameOverride: "own.name" }, { hostname: "web-0", hostnameOverride: "own.name" }],
  ])("of pod %s with %o is %o", (name, spec, expected) => {
    expect(nameOf(name, spec)).toEqual(expected);
  });

  it("never carries the subdomain, which the host would complete with its own namespace", () => {
    const host = pods.toHost(aNested("web-0", { spec: { subdomain: "web", setHostnameAsFQDN: true } }), aContext());
    expect(host.spec).not.toHaveProperty("subdomain");
    expect(host.spec).not.toHaveProperty("setHostnameAsFQDN");
  });
});
