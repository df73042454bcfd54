import { names, newToken } from "@inkube/api";
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

  const joining = (proxy: object, access: "full" | "read-only" = "full") =>
    installManifests({ ...options, access, hub: { url: "https://hub", token: newToken("import").token, proxy } });
  const podOf = (objects: KubeObject[]) =>
    (find(objects, "Deployment", names.agent) as KubeObject & { spec: { template: { spec: Pod; metadata: object } } })
      .spec.template;
  type Pod = { containers: { env: object[]; volumeMounts: object[] }[]; volumes: { hostPath?: object }[] };

  it.each(["full", "read-only"] as const)(
    "IMP-11 leads the agent with access %s through the proxy, and shows it the proxy's authority",
    async (access) => {
      const httpsProxy = "http://me:secret@proxy:3128";
      const objects = await joining({ httpsProxy, noProxy: "10.0.0.0/8", ca: "<pem>" }, access);
      const secret = find(objects, "Secret", names.hubConnectionSecret);
      expect(secret?.stringData).toMatchObject({ "https-proxy": httpsProxy, "proxy-ca.crt": "<pem>" });
      const { spec } = podOf(objects);
      const [container] = spec.containers;
      const secretKeyRef = { name: names.hubConnectionSecret, key: "https-proxy", optional: true };
      expect(container?.env).toContainEqual({ name: "HTTPS_PROXY", valueFrom: { secretKeyRef } });
      expect(container?.env).toContainEqual({ name: "NO_PROXY", value: "10.0.0.0/8" });
      const mountPath = "/var/run/inkube/proxy-ca";
      expect(container?.env).toContainEqual({ name: "INKUBE_PROXY_CA_DIR", value: mountPath });
      expect(container?.volumeMounts).toContainEqual({ name: "proxy-ca", mountPath, readOnly: true });
      const items = [{ key: "proxy-ca.crt", path: "proxy-ca.crt" }];
      expect(spec.volumes).toContainEqual({
        name: "proxy-ca",
        secret: { secretName: names.hubConnectionSecret, items, defaultMode: 0o440, optional: true },
      });
      expect(JSON.stringify(objects.filter(({ kind }) => kind !== "Secret"))).not.toContain("secret@proxy");
    },
  );

  it("IMP-11 mounts nothing of the node, which the namespace's Pod Security level would refuse", async () => {
    for (const { spec } of [podOf(await joining({ ca: "<pem>" })), podOf(await joining({}))]) {
      expect(spec.volumes.filter(({ hostPath }) => hostPath)).toEqual([]);
    }
    expect(JSON.stringify(podOf(await joining({})))).not.toMatch(/PROXY|proxy-ca/);
  });

  it("has the agent start anew with what the newest import says", async () => {
    expect(podOf(await joining({})).metadata).not.toEqual(podOf(await joining({})).metadata);
  });

  it("IMP-05 lets the agent bring a metrics server with full access, and gives no right on a Metrics API where it may just look", async () => {
    const about = (objects: KubeObject[]) =>
      objects
        .flatMap((object) => (object.rules as PolicyRule[] | undefined) ?? [])
        .filter(({ apiGroups }) => apiGroups.includes("apiregistration.k8s.io"));
    const verbs = async (access: "full" | "read-only") =>
      [...new Set(about(await joining({}, access)).flatMap((rule) => rule.verbs))].sort();
    expect(await verbs("full")).toEqual(["create", "delete", "get", "patch"]);
    expect(await verbs("read-only")).toEqual([]);
    for (const rule of about(await joining({}))) expect(rule.resourceNames).toEqual(["v1beta1.metrics.k8s.io"]);
    const objects = await joining({}, "read-only");
    expect(objects.filter(({ kind }) => kind === "APIService")).toEqual([]);
    expect(find(objects, "ServiceAccount", names.metricsServer)).toBeUndefined();
    expect(about(await installManifests(options))).toEqual([]);
  });

  it("says the same on every call", async () => {
    expect(await installManifests(options)).toEqual(await installManifests(options));
  });
});
