import { describe, expect, it } from "vitest";
import { distroInput } from "../../render/distro-input.ts";
import { documentedComponents, documentedFlags, hiddenFlags } from "../../testing/documented-flags.ts";
import { sampleInput } from "../../testing/sample-input.ts";
import { k3s, k3sAuthorities } from "./k3s.ts";
import { k3sArguments, k3sFlags } from "./k3s-flags.ts";

const input = distroInput(sampleInput({ distro: "k3s", version: "v1.34.4+k3s1" }));

describe("the k3s distro", () => {
  it.each(k3sFlags(input).map(({ name, value }) => [name, value]))(
    "--%s %s is a flag that k3s server documents",
    (name) => {
      expect([...documentedFlags, ...hiddenFlags]).toContain(name);
    },
  );

  it("switches off packaged components by names that k3s knows", () => {
    const disabled = k3sFlags(input).filter(({ name }) => name === "disable");
    expect(disabled.map(({ value }) => value).sort()).toEqual([...documentedComponents].sort());
  });

  it("gives flags with a value in one word and switches alone", () => {
    const args = k3sArguments(input);
    expect(args).toContain("--disable-agent");
    expect(args).toContain("--egress-selector-mode=disabled");
    expect(args).toContain(
      "--kube-apiserver-arg=egress-selector-config-file=/etc/kubernetes/egress/egress-selector.yaml",
    );
    expect(args.filter((arg) => arg.includes(" ") || arg.endsWith("="))).toEqual([]);
  });

  it("does not ask k3s to elect a leader twice, nor to listen for the host", () => {
    expect(k3sArguments(input).filter((arg) => arg.includes("leader-elect"))).toEqual([]);
  });

  it("writes a build suffix as a tag can hold it", () => {
    expect(k3s.images(input).k3s).toBe("docker.io/rancher/k3s:v1.34.4-k3s1");
    expect(k3s.images({ ...input, version: "v1.34.4" }).k3s).toBe("docker.io/rancher/k3s:v1.34.4-k3s1");
  });

  it("hands over authorities and the token key, and no leaf: k3s issues its own", () => {
    expect(Object.values(k3sAuthorities).filter((file) => !/^(ca|front-proxy-ca|sa)\./.test(file))).toEqual([]);
    expect(Object.keys(k3sAuthorities)).toContain("service.key");
  });

  it("puts every name of the API server on the certificate", () => {
    const names = k3sFlags(input).filter(({ name }) => name === "tls-san");
    expect(names.map(({ value }) => value)).toEqual(input.serverNames);
  });
});
