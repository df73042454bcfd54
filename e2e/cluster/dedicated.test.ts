import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleteCluster, type OpenCluster, openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { host } from "../harness/host.ts";
import type { Kubectl } from "../harness/kubectl.ts";
import { container, pod, service, webContainer } from "../harness/objects.ts";

type ControlPlanePod = KubeObject & {
  spec: { containers: { name: string; volumeMounts: { mountPath: string }[] }[] };
};

const name = "own-syncer";
const shared = "system:serviceaccount:inkube-system:inkube-syncer";
let cluster: OpenCluster | undefined;
let onHost: Kubectl;
let namespace: string;

beforeAll(async () => {
  cluster = await openCluster(name, ["--syncer", "dedicated"]);
  onHost = (await host()).host;
  const nested = await onHost.get<KubeObject & { status: { namespace: string } }>("nestedcluster", name);
  namespace = nested.status.namespace;
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const nested = (): Kubectl => {
  if (!cluster) throw new Error("the nested cluster is not open");
  return cluster.kubectl;
};
const dedicated = (): string => `system:serviceaccount:${namespace}:syncer`;
async function may(who: string, ...what: string[]): Promise<boolean> {
  return (await onHost.try(["auth", "can-i", ...what, `--as=${who}`])).stdout.trim() === "yes";
}
async function controlPlaneContainers(): Promise<ControlPlanePod["spec"]["containers"]> {
  return (await onHost.get<ControlPlanePod>("pod", "control-plane-0", namespace)).spec.containers;
}

/** Changes who serves the cluster and waits until that one does. */
async function serveBy(syncer: "shared" | "dedicated"): Promise<void> {
  await onHost.run(["patch", "nestedcluster", name, "--type=merge", "-p", JSON.stringify({ spec: { syncer } })]);
  const holder = syncer === "dedicated" ? dedicated() : shared;
  await eventually(async () => {
    const names = (await controlPlaneContainers()).map((each) => each.name);
    expect(names.includes("syncer")).toBe(syncer === "dedicated");
    expect(await may(holder, "list", "secrets", "-n", namespace)).toBe(true);
  });
}

/** Something new goes through the whole sync, and the tunnel. */
async function expectServed(probe: string): Promise<void> {
  await eventually(() => nested().apply(pod(probe, { containers: [container()] })));
  await eventually(async () => {
    expect((await nested().run(["exec", probe, "--", "hostname"])).trim()).toBe(probe);
  });
}

describe("a nested cluster with a syncer of its own", () => {
  it("runs pods, execs in them, and shows their logs", async () => {
    await nested().apply(pod("web", { containers: [webContainer()] }), pod("client", { containers: [container()] }));
    await nested().await("Ready", "pod/web", "pod/client");
    expect((await nested().run(["exec", "client", "--", "hostname"])).trim()).toBe("client");
    await eventually(async () => expect(await nested().run(["logs", "web"])).toContain("8080"));
  });

  it("gives Services addresses that answer", async () => {
    await nested().apply(service("web", 8080));
    const { spec } = await nested().get<KubeObject & { spec: { clusterIP: string } }>("service", "web");
    const onTheHost = await onHost.list("services", namespace, "inkube.dev/namespace=default");
    expect(onTheHost.map((each) => (each.spec as { clusterIP: string }).clusterIP)).toContain(spec.clusterIP);
    const fetch = `exec 3<>/dev/tcp/${spec.clusterIP}/8080; printf 'GET /hostname HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
    await eventually(async () => {
      expect(await nested().run(["exec", "client", "--", "bash", "-c", fetch])).toContain("web");
    });
  });

  it("reads its own NestedCluster, its own namespace and nothing else of that kind", async () => {
    const who = dedicated();
    expect(await may(who, "get", `nestedclusters/${name}`)).toBe(true);
    expect(await may(who, "get", "nestedclusters/another")).toBe(false);
    expect(await may(who, "list", "nestedclusters")).toBe(false);
    expect(await may(who, "list", "secrets", "-n", namespace)).toBe(true);
    expect(await may(who, "list", "secrets", "-n", "inkube-system")).toBe(false);
    expect(await may(who, "list", "pods", "-A")).toBe(false);
    expect(await may(shared, "list", "secrets", "-n", namespace)).toBe(false);
  });

  it("shows the host's token to no other container of the control plane", async () => {
    const withToken = (await controlPlaneContainers()).filter(({ volumeMounts }) =>
      volumeMounts.some(({ mountPath }) => mountPath.includes("serviceaccount")),
    );
    expect(withToken.map((each) => each.name)).toEqual(["syncer"]);
  });

  it("goes to the shared syncer and back while its pods run on", async () => {
    const before = (await nested().get("pod", "client")).metadata.uid;
    await serveBy("shared");
    await expectServed("by-shared");
    expect(await onHost.list("clusterrolebindings", "*", `inkube.dev/cluster=${name}`)).toEqual([]);
    await serveBy("dedicated");
    await expectServed("by-dedicated");
    expect(await may(shared, "list", "secrets", "-n", namespace)).toBe(false);
    expect((await nested().get("pod", "client")).metadata.uid).toBe(before);
    const restarts = ".status.containerStatuses[0].restartCount";
    expect(await nested().run(["get", "pod", "client", "-o", `jsonpath={${restarts}}`])).toBe("0");
  });

  it("leaves nothing on the host when it is deleted", async () => {
    await deleteCluster(name);
    cluster = undefined;
    const kinds = "namespaces,clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,persistentvolumes";
    await eventually(async () => expect(await onHost.list(kinds, "*", `inkube.dev/cluster=${name}`)).toEqual([]));
    expect((await onHost.try(["get", "nestedcluster", name])).stderr).toContain("NotFound");
  });
});
