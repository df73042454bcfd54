import { describe, expect, it } from "vitest";
import { hostNameFor } from "./kubeconfig-folder.ts";

describe("what a host is called", () => {
  const names: [file: string, context: string | undefined, name: string | undefined][] = [
    ["edge-1.kubeconfig", "admin@x", "edge-1"],
    ["Edge_1.prod.yaml", "x", "edge-1-prod"],
    ["edge.kubeconfig.yml", "x", "edge"],
    ["config", "arn:aws:eks:eu-1:42:cluster/Shop", "arn-aws-eks-eu-1-42-cluster-shop"],
    ["kubeconfig.yaml", "kind-one", "kind-one"],
    ["admin.conf", "kubernetes-admin@kubernetes", "kubernetes-admin-kubernetes"],
    ["config", undefined, undefined],
    ["___.yaml", "///", undefined],
    ["../../etc/passwd", "x", "etc-passwd"],
    [`${"a".repeat(53)}-bcd`, "x", "a".repeat(53)],
  ];
  it.each(names)("IMP-10 is taken from the file %j, or the context %j: %j", (file, context, name) => {
    expect(hostNameFor(file, context)).toBe(name);
  });
});
