import { annotations, labels, names, nestedClusters } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { ownedTypes } from "../../objects/owned-types.ts";
import { condition, namespace, runningHost, secret } from "../../testing/demo-cluster.ts";

describe("healing", () => {
  it.each(
    Object.entries(ownedTypes)
      .filter(([kind]) => !["Namespace", "Role", "ClusterRoleBinding", "Ingress"].includes(kind))
      .map(([kind, type]) => [kind, type] as const),
  )("makes a deleted %s again", async (_kind, type) => {
    await using host = await runningHost();
    const before = host.server.objects(type, namespace).map(({ metadata }) => metadata.name);
    expect(before.length).toBeGreaterThan(0);
    for (const name of before) await host.client.delete(type, { namespace, name });
    await host.reconcile("demo");
    expect(host.server.objects(type, namespace).map(({ metadata }) => metadata.name)).toEqual(before);
  });

  it.each([
    ["a quota", resources.resourcequotas, "size", { spec: { hard: { pods: "9999" } } }],
    ["a policy", resources.networkpolicies, "workloads", { spec: { egress: [{}] } }],
    ["the StatefulSet", resources.statefulsets, "control-plane", { spec: { replicas: 3 } }],
    ["a role binding", resources.rolebindings, "syncer", { subjects: [{ kind: "User", name: "mallory" }] }],
  ] as const)("takes back a change to %s", async (_title, type, name, change) => {
    await using host = await runningHost();
    const before = host.server.object(type, { namespace, name });
    await host.client.patch(type, { namespace, name }, change, { type: "merge", fieldManager: "somebody" });
    await host.reconcile("demo");
    expect(host.server.object(type, { namespace, name })).toMatchObject({ ...pickContent(before) });
  });

  it("puts a deleted PKI back as it was, so that tokens and kubeconfigs stay valid", async () => {
    await using host = await runningHost();
    const before = secret(host, names.pkiSecret)?.data;
    await host.client.delete(resources.secrets, { namespace, name: names.pkiSecret });
    await host.reconcile("demo");
    expect(secret(host, names.pkiSecret)?.data).toEqual(before);
  });

  it("replaces a PKI whose authority is broken, and with it the pod", async () => {
    await using host = await runningHost();
    const template = () =>
      JSON.stringify(host.server.object(resources.statefulsets, { namespace, name: names.controlPlane })?.spec);
    const before = template();
    await host.client.patch(
      resources.secrets,
      { namespace, name: names.pkiSecret },
      { data: { "ca.key": "eA==" } },
      { type: "merge" },
    );
    await host.reconcile("demo");
    expect(template()).not.toBe(before);
    expect(host.log.entries.filter(({ level }) => level === "error").map(({ message }) => message)).toEqual([
      "Replaced a damaged PKI: tokens and kubeconfigs of the cluster are invalid",
    ]);
  });

  it("leaves everything alone while the cluster is paused", async () => {
    await using host = await runningHost();
    const ref = { namespace: "team", name: "demo" };
    await host.client.patch(
      nestedClusters,
      ref,
      { metadata: { annotations: { [annotations.paused]: "yes" } } },
      { type: "merge" },
    );
    await host.client.delete(resources.services, { namespace, name: names.controlPlane });
    await host.reconcile("demo");
    expect(host.server.object(resources.services, { namespace, name: names.controlPlane })).toBeUndefined();
    expect(condition(host, "Ready")).toMatchObject({ status: "Unknown", reason: "Paused" });
  });

  it("never logs a key", async () => {
    await using host = await runningHost();
    expect(JSON.stringify(host.log.entries)).not.toMatch(/PRIVATE KEY|client-key-data/);
  });
});

function pickContent(object: KubeObject | undefined): object {
  const { spec, subjects } = object ?? { metadata: { name: "" } };
  return JSON.parse(JSON.stringify({ spec, subjects, metadata: { labels: { [labels.cluster]: "demo" } } })) as object;
}
