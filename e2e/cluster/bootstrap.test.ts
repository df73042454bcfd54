import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenCluster, openCluster } from "../harness/cluster.ts";
import { host } from "../harness/host.ts";
import type { Kubectl } from "../harness/kubectl.ts";

let cluster: OpenCluster;
beforeAll(async () => {
  cluster = await openCluster("bootstrap");
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

/** What an API server marks that it makes for itself at its start. */
const bootstrapped = "kubernetes.io/bootstrapping=rbac-defaults";

/** Whom an object gives which rights, without what differs between two API servers. */
function grant({ metadata, rules, aggregationRule, roleRef, subjects }: KubeObject): [string, object] {
  const name = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
  // Aggregated rules are the sum of other roles, which are compared themselves, and of what somebody installed later.
  return [name, { roleRef, subjects, ...(aggregationRule ? { aggregationRule } : { rules }) }];
}

async function grants(kubectl: Kubectl, resource: string, namespaces: string[]): Promise<Record<string, object>> {
  const lists = await Promise.all(namespaces.map((namespace) => kubectl.list(resource, namespace, bootstrapped)));
  return Object.fromEntries(lists.flat().map(grant));
}

/** A version of Kubernetes has its own defaults, so only equal ones can be compared. */
async function minorVersion(kubectl: Kubectl): Promise<string> {
  const { serverVersion } = JSON.parse(await kubectl.run(["version", "-o", "json"])) as {
    serverVersion: { major: string; minor: string };
  };
  return `${serverVersion.major}.${serverVersion.minor}`;
}

describe("a new nested cluster", () => {
  it.each([
    ["clusterroles", ["*"], "system:node-proxier"],
    ["clusterrolebindings", ["*"], "system:kube-scheduler"],
    ["roles", ["kube-system", "kube-public"], "kube-system/extension-apiserver-authentication-reader"],
    ["rolebindings", ["kube-system", "kube-public"], "kube-public/system:controller:bootstrap-signer"],
  ])("has the %s that its API server began with, as the host has them", async (resource, namespaces, sample) => {
    const ofHost = (await host()).host;
    expect(await minorVersion(cluster.kubectl)).toBe(await minorVersion(ofHost));
    const [inside, outside] = await Promise.all([
      grants(cluster.kubectl, resource, namespaces),
      grants(ofHost, resource, namespaces),
    ]);
    expect(Object.keys(outside)).toContain(sample);
    expect(inside).toEqual(outside);
  });
});
