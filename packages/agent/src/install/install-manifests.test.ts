import { names } from "@inkube/api";
import { dedicatedSyncerAccess } from "@inkube/controlplane";
import type { KubeObject } from "@inkube/kube";
import { syncerRules } from "@inkube/syncer";
import { describe, expect, it } from "vitest";
import type { PolicyRule } from "./agent-rules.ts";
import { installManifests } from "./install-manifests.ts";

const options = { image: "inkube:1", defaultDistro: "k8s", defaultVersion: "v1.34.4" } as const;
const find = (objects: KubeObject[], kind: string, name: string): KubeObject | undefined =>
  objects.find((object) => object.kind === kind && object.metadata.name === name);

describe("installManifests", () => {
  it("puts definitions before what needs them and programs last", async () => {
    const kinds = (await installManifests(options)).map(({ kind }) => kind ?? "");
    expect(kinds.lastIndexOf("CustomResourceDefinition")).toBeLessThan(kinds.indexOf("HostCluster"));
    expect(kinds.slice(-2)).toEqual(["Deployment", "Deployment"]);
  });

  it("gives the syncer exactly the rights that its kinds ask for, and none in all namespaces but reads", async () => {
    const objects = await installManifests(options);
    const rules = syncerRules();
    expect(find(objects, "ClusterRole", names.syncer)?.rules).toEqual(rules.cluster);
    expect(find(objects, "ClusterRole", names.syncerNamespaceRole)?.rules).toEqual(rules.namespace);
    expect(find(objects, "ClusterRoleBinding", names.syncerNamespaceRole)).toBeUndefined();
  });

  it("gives a dedicated syncer what the shared one has, but of NestedClusters its own only", async () => {
    const reads = find(await installManifests(options), "ClusterRole", names.syncerDedicatedRole)
      ?.rules as PolicyRule[];
    const identity = { project: "team", name: "demo", uid: "1", hostNamespace: "inkube-team-demo-12345" };
    const own = find(dedicatedSyncerAccess(identity), "Role", "inkube-syncer-demo")?.rules as PolicyRule[];
    expect(own.map(({ resourceNames }) => resourceNames)).toEqual([["demo"], ["demo"]]);
    const text = (rules: PolicyRule[]) =>
      rules.map(({ apiGroups, resources, verbs }) => `${apiGroups} ${resources} ${[...verbs].sort()}`).sort();
    expect(text([...reads, ...own])).toEqual(text(syncerRules().cluster));
  });

  it("lets the agent make a dedicated syncer's role without a right to escalate, as it holds what is in it", async () => {
    const agent = find(await installManifests(options), "ClusterRole", names.agent)?.rules as PolicyRule[];
    const identity = { project: "team", name: "demo", uid: "1", hostNamespace: "inkube-team-demo-12345" };
    const own = find(dedicatedSyncerAccess(identity), "Role", "inkube-syncer-demo")?.rules as PolicyRule[];
    for (const { resources, verbs } of own) {
      const held = agent.filter((rule) => !rule.resourceNames && rule.resources.includes(resources[0] ?? ""));
      expect(held.flatMap((rule) => rule.verbs)).toEqual(expect.arrayContaining(verbs));
    }
  });

  it("gives the agent no wildcard, no impersonation, and only the syncer's roles to bind", async () => {
    const rules = find(await installManifests(options), "ClusterRole", names.agent)?.rules as PolicyRule[];
    expect(rules.flatMap(({ verbs, resources, apiGroups }) => [...verbs, ...resources, ...apiGroups])).not.toContain(
      "*",
    );
    const verbs = rules.flatMap((rule) => rule.verbs);
    expect(verbs).not.toContain("impersonate");
    expect(verbs).not.toContain("escalate");
    expect(rules.filter((rule) => rule.verbs.includes("bind")).map(({ resourceNames }) => resourceNames)).toEqual([
      [names.syncerNamespaceRole, names.syncerDedicatedRole],
    ]);
  });

  it("lets the agent delete, of accounts and credentials, only what a dedicated syncer leaves behind", async () => {
    const rules = find(await installManifests(options), "ClusterRole", names.agent)?.rules as PolicyRule[];
    const deleting = (resource: string) =>
      rules.filter((rule) => rule.resources.includes(resource) && rule.verbs.includes("delete"));
    expect(deleting("secrets").map(({ resourceNames }) => resourceNames)).toEqual([[names.syncerTlsSecret]]);
    expect(deleting("serviceaccounts").map(({ resourceNames }) => resourceNames)).toEqual([["syncer"]]);
  });

  it("runs the programs without privileges", async () => {
    const objects = await installManifests(options);
    for (const name of [names.agent, names.syncer]) {
      const { spec } = find(objects, "Deployment", name) as KubeObject & {
        spec: { template: { spec: Record<string, unknown> } };
      };
      expect(spec.template.spec).toMatchObject({
        securityContext: { runAsNonRoot: true },
        containers: [
          { image: "inkube:1", securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } } },
        ],
      });
    }
  });

  it("says the same on every call", async () => {
    expect(await installManifests(options)).toEqual(await installManifests(options));
  });
});
