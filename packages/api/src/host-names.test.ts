import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostName, hostNamespace, tokensSecretName } from "./host-names.ts";

const labelPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomainPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const dnsLabel = (maxLength: number) =>
  fc.stringMatching(labelPattern, { maxLength }).filter((text) => text.length > 0 && text.length <= maxLength);
/** Labels made of the separator's own letters: where ambiguity would show first. */
const trickyLabel = fc
  .array(fc.constantFrom("x", "a", "-"), { minLength: 1, maxLength: 9 })
  .map((parts) => parts.join(""))
  .filter((text) => labelPattern.test(text));
const clusterName = fc.stringMatching(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/);
const subdomain = fc
  .array(dnsLabel(63), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("."))
  .filter((text) => text.length <= 253);

describe("hostNamespace", () => {
  it("is a DNS label of at most 63 characters for every project and name", () => {
    fc.assert(
      fc.property(dnsLabel(63), clusterName, (project, name) => {
        const namespace = hostNamespace(project, name);
        expect(namespace.length).toBeLessThanOrEqual(63);
        expect(namespace).toMatch(labelPattern);
        expect(namespace).toMatch(/^inkube-.*-[0-9a-f]{5}$/);
      }),
    );
  });

  it("keeps its value from release to release", () => {
    expect(hostNamespace("default", "demo")).toBe("inkube-default-demo-02c8c");
  });

  it("tells a-b/c from a/b-c", () => {
    expect(hostNamespace("a-b", "c")).not.toBe(hostNamespace("a", "b-c"));
  });

  it("keeps the whole name when the project is too long", () => {
    const name = "n".repeat(40);
    expect(hostNamespace("p".repeat(63), name)).toContain(`-${name}-`);
  });
});

describe("hostName", () => {
  it("is a DNS label of at most 63 characters when its parts are labels", () => {
    fc.assert(
      fc.property(dnsLabel(63), dnsLabel(63), clusterName, (name, namespace, cluster) => {
        const host = hostName(name, namespace, cluster);
        expect(host.length).toBeLessThanOrEqual(63);
        expect(host).toMatch(labelPattern);
      }),
    );
  });

  it("is a DNS subdomain of at most 63 characters when the name is a subdomain", () => {
    fc.assert(
      fc.property(subdomain, dnsLabel(63), clusterName, (name, namespace, cluster) => {
        const host = hostName(name, namespace, cluster);
        expect(host.length).toBeLessThanOrEqual(63);
        expect(host).toMatch(subdomainPattern);
      }),
    );
  });

  it("differs when name or namespace differ, also where the separator is part of them", () => {
    const part = fc.oneof(trickyLabel, dnsLabel(63));
    fc.assert(
      fc.property(part, part, part, part, clusterName, (name1, namespace1, name2, namespace2, cluster) => {
        fc.pre(name1 !== name2 || namespace1 !== namespace2);
        expect(hostName(name1, namespace1, cluster)).not.toBe(hostName(name2, namespace2, cluster));
      }),
      { numRuns: 2000 },
    );
  });

  const cases: [string, [string, string, string], string][] = [
    ["a short name is readable", ["web", "shop", "demo"], "web-x-shop-x-demo"],
    ["dots stay", ["kube-root-ca.crt", "shop", "demo"], "kube-root-ca.crt-x-shop-x-demo"],
    ["63 characters still fit", ["n".repeat(49), "shop", "demo"], `${"n".repeat(49)}-x-shop-x-demo`],
    ["64 characters are cut", ["n".repeat(50), "shop", "demo"], `${"n".repeat(50)}-x-1327279f65`],
    ["a cut never leaves an empty label", [`${"n".repeat(51)}.crt`, "shop", "demo"], `${"n".repeat(51)}-91e9b0a1f8`],
  ];
  it.each(cases)("%s", (_title, [name, namespace, cluster], expected) => {
    expect(hostName(name, namespace, cluster)).toBe(expected);
  });

  it("does not confuse a-x-b in c with a in b-x-c", () => {
    expect(hostName("a-x-b", "c", "demo")).not.toBe(hostName("a", "b-x-c", "demo"));
  });
});

describe("tokensSecretName", () => {
  it("fits 63 characters whatever the pod is called", () => {
    expect(tokensSecretName("web-x-shop-x-demo")).toBe("web-x-shop-x-demo-tokens");
    expect(tokensSecretName("p".repeat(63))).toHaveLength(63);
  });
});
