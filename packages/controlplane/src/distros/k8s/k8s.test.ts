import { describe, expect, it } from "vitest";
import { distroInput } from "../../render/distro-input.ts";
import { sampleInput } from "../../testing/sample-input.ts";
import type { Flag } from "../distro.ts";
import { apiServerFlags } from "./api-server-flags.ts";
import { controllerManagerFlags, disabledControllers } from "./controller-manager-flags.ts";
import { k8s } from "./k8s.ts";
import { kineFlags } from "./kine-flags.ts";

const input = distroInput(sampleInput());
const flagValue = (flags: readonly Flag[], name: string): string | undefined =>
  flags.find((flag) => flag.name === name)?.value;

describe("the k8s distro", () => {
  it("uses upstream's image names, and keeps their paths in another registry", () => {
    expect(k8s.images(input)).toEqual({
      kine: "docker.io/rancher/kine:v0.17.2",
      "kube-apiserver": "registry.k8s.io/kube-apiserver:v1.34.4",
      "kube-controller-manager": "registry.k8s.io/kube-controller-manager:v1.34.4",
    });
    expect(k8s.images({ ...input, registry: "mirror.example.com/k" }).kine).toBe(
      "mirror.example.com/k/rancher/kine:v0.17.2",
    );
  });

  it("tells why for every flag and sets none twice", () => {
    for (const flags of [kineFlags, apiServerFlags(input), controllerManagerFlags(input)]) {
      expect(flags.filter(({ why }) => why.length < 5)).toEqual([]);
      expect(new Set(flags.map(({ name }) => name)).size).toBe(flags.length);
    }
  });

  it("leaves default/kubernetes to the syncer and reaches everything through the tunnel", () => {
    const flags = apiServerFlags(input);
    expect(flagValue(flags, "endpoint-reconciler-type")).toBe("none");
    expect(flagValue(flags, "egress-selector-config-file")).toBe("/etc/kubernetes/egress/egress-selector.yaml");
    expect(flagValue(flags, "kubelet-preferred-address-types")).toBe("InternalIP");
    expect(flagValue(flags, "service-cluster-ip-range")).toBe("10.96.0.0/16");
  });

  it("publishes token discovery under a name that pods can open, in the cluster's own domain", () => {
    const flags = apiServerFlags({ ...input, clusterDomain: "corp.example" });
    expect(flagValue(flags, "service-account-issuer")).toBe("https://kubernetes.default.svc.corp.example");
    expect(flagValue(flags, "service-account-jwks-uri")).toBe(
      "https://kubernetes.default.svc.corp.example/openid/v1/jwks",
    );
  });

  it("gives the controller manager enough requests to start in one go", () => {
    const flags = controllerManagerFlags(input);
    expect(Number(flagValue(flags, "kube-api-burst"))).toBeGreaterThan(
      4 * Object.keys(disabledControllers).length + 100,
    );
    expect(flagValue(flags, "leader-elect")).toBe("false");
  });

  it("has no controller that does the host's work", () => {
    const list = flagValue(controllerManagerFlags(input), "controllers")?.split(",") ?? [];
    for (const name of ["node-lifecycle-controller", "persistentvolume-binder-controller", "node-ipam-controller"]) {
      expect(list).toContain(`-${name}`);
    }
    expect(list[0]).toBe("*");
  });

  it("lets each container see only the keys that it needs", () => {
    const { volumes } = k8s.parts(input);
    const filesOf = (name: string): string[] => {
      const volume = volumes.find((candidate) => candidate.name === name) as unknown as {
        secret: { items: { key: string }[] };
      };
      return volume.secret.items.map(({ key }) => key);
    };
    expect(filesOf("api-server-pki")).not.toContain("ca.key");
    for (const files of [filesOf("api-server-pki"), filesOf("controller-manager-pki")]) {
      expect(files.filter((file) => /^(admin|syncer)\./.test(file))).toEqual([]);
    }
  });
});
