import { resolve } from "node:path";
import type { NestedCluster } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EndpointHost, endpointHost, loadImages } from "../harness/endpoints/endpoint-host.ts";
import { helm } from "../harness/endpoints/helm.ts";
import { type HostLink, linkHosts } from "../harness/endpoints/link-hosts.ts";
import { eventually } from "../harness/eventually.ts";
import { type HubUser, signIn } from "../harness/hub-cli.ts";
import { container, pod } from "../harness/objects.ts";
import { patienceFlag } from "../harness/patience.ts";
import { type RunResult, run } from "../harness/run.ts";
import { secondHost } from "../harness/second-host.ts";
import { everythingTold, knownSecrets, programLogs, type Told } from "../harness/secrets.ts";

interface DeploymentObject {
  spec: { template: { spec: { containers: { image: string }[] } } };
}

const chart = resolve(import.meta.dirname, "../../charts/inkube");
const hubPort = 30443;
const small = ["--cpu", "500m", "--memory", "512Mi", "--storage", "1Gi"];
const stack = new AsyncDisposableStack();
let first: EndpointHost;
let edge: EndpointHost;
let link: HostLink;
let admin: HubUser;
/** Of pods that are gone at the end. */
const toldBefore: Told[] = [];
const importTokens: string[] = [];

beforeAll(async () => {
  first = await endpointHost();
  edge = stack.use(await secondHost());
  await loadImages(edge, "metrics-server");
  link = stack.use(await linkHosts({ from: edge, to: first, port: hubPort }));
  admin = stack.use(await signIn());
});
afterAll(() => stack.disposeAsync());

interface HostObject extends KubeObject {
  status?: { phase?: string; heartbeat?: string; metrics?: string };
}

async function hostObject(name: string): Promise<HostObject | undefined> {
  const list = JSON.parse(await admin.inkube(["host", "list", "-o", "json"])) as { items: HostObject[] };
  return list.items.find(({ metadata }) => metadata.name === name);
}

async function cluster(name: string): Promise<NestedCluster> {
  const list = JSON.parse(await admin.inkube(["list", "-o", "json"])) as { items: NestedCluster[] };
  const found = list.items.find(({ metadata }) => metadata.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

/** The command that `inkube host import` prints. */
async function importCommand(name: string, ...flags: string[]): Promise<string> {
  const printed = await admin.inkube(["host", "import", name, ...flags]);
  const command = printed.split("\n").find((line) => line.startsWith("kubectl apply")) ?? "";
  expect(command).toContain(admin.url);
  importTokens.push(/\/import\/([^\s'"]+)/.exec(command)?.[1] ?? "");
  return command;
}

/** What an administrator's machine trusts is its own affair; here it trusts the hub's authority. */
function applyImport(command: string): Promise<RunResult> {
  const env = { ...admin.env, KUBECONFIG: edge.kubectl.kubeconfig, SSL_CERT_FILE: admin.caFile };
  return run("bash", ["-c", command], { env });
}

const writes = [
  ["create", "pods"],
  ["delete", "deployments.apps"],
  ["patch", "nodes"],
  ["create", "pods/exec"],
  ["get", "secrets"],
  ["create", "namespaces"],
  ["create", "clusterrolebindings.rbac.authorization.k8s.io"],
] as const;

/** `yes` or `no`, as the second host's own API server says of its agent. */
async function agentMay(verb: string, what: string): Promise<string> {
  const agent = "--as=system:serviceaccount:inkube-system:inkube-agent";
  const { stdout } = await edge.kubectl.try(["auth", "can-i", verb, what, "-n", "default", agent]);
  return stdout.trim();
}

const scaleHub = (replicas: number): Promise<string> =>
  first.kubectl.run(["-n", "inkube-system", "scale", "deployment/inkube-hub", `--replicas=${replicas}`]);

describe("two hosts and one hub", () => {
  it("IMP-02 IMP-03 imports the second, which nobody can dial, by the printed command", async () => {
    const call = ["curl", "-sk", "--max-time", "5", `https://${edge.nodeIP}:6443/version`];
    const dialled = await run("nsenter", [`--net=${first.netns}`, "--", ...call]);
    expect(dialled.code).not.toBe(0);
    const printed = await importCommand("edge", "--access", "read-only");
    expect((await hostObject("edge"))?.status?.phase ?? "Importing").toBe("Importing");
    expect((await applyImport(printed)).code).toBe(0);
    await eventually(async () => expect((await hostObject("edge"))?.status?.phase).toBe("Running"));
    const again = await applyImport(printed);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain("410");
  });

  it("IMP-04 IMP-07 a read-only agent can only look, and the host takes no nested clusters", async () => {
    expect(await agentMay("list", "pods")).toBe("yes");
    for (const [verb, what] of writes) expect(await agentMay(verb, what), `${verb} ${what}`).toBe("no");
    const refused = await admin.tryInkube(["host", "update", "edge", "--nesting", "on", "--endpoint", "Hub"]);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("nesting needs access full");
  });

  it("IMP-05 brings no metrics server to a host where it may only look, and says that usage is unavailable", async () => {
    expect((await hostObject("edge"))?.status).toMatchObject({ metrics: "unavailable", phase: "Running", nodes: 1 });
    expect(await admin.inkube(["host", "describe", "edge"])).toContain("helm upgrade --install metrics-server");
    expect((await edge.kubectl.try(["top", "nodes"])).stderr).toContain("Metrics API not available");
    const deployments = await edge.kubectl.run(["get", "deployments", "-A", "-o", "name"]);
    expect(deployments).not.toContain("metrics-server");
  });

  it("IMP-06 becomes one with full access by applying again", async () => {
    toldBefore.push(...(await programLogs([first.kubectl, edge.kubectl])));
    const printed = await importCommand("edge", "--access", "full", "--endpoint", "Hub", "--distro", "k8s");
    expect((await applyImport(printed)).code).toBe(0);
    expect(await agentMay("create", "namespaces")).toBe("yes");
    await eventually(async () => {
      expect((await hostObject("edge"))?.spec).toMatchObject({ access: "full", nesting: true });
      expect(await edge.kubectl.run(["get", "hostcluster", "local", "-o", "name"])).toContain("local");
    });
  });

  it("IMP-05 brings a metrics server with full access, which measures", async () => {
    await eventually(() => edge.kubectl.rolledOut("deployment/inkube-metrics-server", "inkube-system"));
    await eventually(async () => expect(await edge.kubectl.run(["top", "nodes"])).toMatch(/\d+m +\d+% +\d+Mi/));
    await eventually(async () => expect((await hostObject("edge"))?.status?.metrics).toBe("available"));
    expect(await admin.inkube(["host", "describe", "edge"])).toContain("measured by the host's Metrics API");
  });

  it("CG-06 places by free capacity, and says what is missing where when there is none", async () => {
    const flags = ["--hosts", "local", "edge", "--endpoint", "Hub", "--distro", "k8s", "--oversubscription", "100"];
    const minimum = ["--minimum", "cpu=500m", "memory=512Mi", "storage=1Gi"];
    await admin.inkube(["group", "create", "both", ...flags, ...minimum]);
    // Something on the first host makes the second the one with more room.
    await admin.inkube(["create", "ballast", "--host", "local", ...small, patienceFlag]);
    await admin.inkube(["create", "far", "--group", "both", ...small, patienceFlag]);
    expect((await cluster("far")).status?.host).toBe("edge");
    const size = ["--cpu", "6", "--memory", "1Gi", "--storage", "1Gi"];
    const refused = await admin.tryInkube(["create", "large", "--group", "both", ...size]);
    expect(refused.code).toBe(5);
    expect(refused.stderr).toContain("insufficient capacity");
    expect(refused.stderr).toMatch(/local: needs 6 cpu/);
    expect(refused.stderr).toMatch(/edge: needs 6 cpu/);
  });

  it("TRM-02 reaches a nested cluster on the second host with kubectl, as oneself, through the hub", async () => {
    const kubectl = await admin.kubectl("far");
    expect(await kubectl.run(["auth", "whoami"])).toContain("inkube:admin");
    await kubectl.apply(pod("shell", { containers: [container()] }));
    await kubectl.await("Ready", "pod/shell");
    expect(await kubectl.run(["exec", "shell", "--", "echo", "through the tunnel"])).toBe("through the tunnel\n");
    expect(await kubectl.run(["exec", "-i", "shell", "--", "cat"], { input: "there and back\n" })).toBe(
      "there and back\n",
    );
    await kubectl.run(["logs", "shell"]);
  });

  it("keeps the second host's clusters running and healing while the hub is away, and knows of it afterwards", async () => {
    toldBefore.push(...(await programLogs([first.kubectl])));
    await scaleHub(0);
    const hubPods = ["-l", "app.kubernetes.io/name=inkube-hub"];
    const kill = ["delete", "pod", ...hubPods, "--grace-period=0", "--force", "--ignore-not-found"];
    await first.kubectl.run(["-n", "inkube-system", ...kill]);
    await first.kubectl.run(["-n", "inkube-system", "wait", "--for=delete", "pod", ...hubPods, patienceFlag]);
    const namespace =
      (await edge.kubectl.get<KubeObject & NestedCluster>("nestedcluster", "far")).status?.namespace ?? "";
    const before = await edge.kubectl.get("pod", "control-plane-0", namespace);
    await edge.kubectl.run(["-n", namespace, "delete", "pod", "control-plane-0", "--wait=false"]);
    await eventually(async () => {
      const pod = await edge.kubectl.get("pod", "control-plane-0", namespace);
      expect(pod.metadata.uid).not.toBe(before.metadata.uid);
    });
    await edge.kubectl.run(["wait", "--for=condition=Ready", "nestedcluster/far", patienceFlag]);
    await scaleHub(1);
    await first.kubectl.rolledOut("deployment/inkube-hub", "inkube-system");
    const returned = Date.now();
    await eventually(async () => {
      const there = await edge.kubectl.get<KubeObject & NestedCluster>("nestedcluster", "far");
      const readyOf = ({ status }: NestedCluster) => status?.conditions?.find(({ type }) => type === "Ready");
      const lastTransitionTime = readyOf(there)?.lastTransitionTime;
      expect(readyOf(await cluster("far"))).toMatchObject({ status: "True", lastTransitionTime });
    });
    process.stderr.write(`The hub's state was right ${Date.now() - returned} ms after its return\n`);
    const kubectl = await admin.kubectl("far");
    await eventually(async () => expect(await kubectl.run(["get", "pods"])).toContain("shell"));
  });

  it("completes a create once though the network was cut in the middle of it", async () => {
    await admin.inkube(["create", "cut", "--group", "both", ...small, "--no-wait"]);
    await eventually(async () => expect((await cluster("cut")).status?.host).toBe("edge"));
    await link.cut();
    const end = Date.now() + 120_000;
    await eventually(async () => expect((await hostObject("edge"))?.status?.heartbeat).toBeDefined());
    while (Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 1000));
    await link.restore();
    await eventually(async () => {
      const ready = (await cluster("cut")).status?.conditions?.find(({ type }) => type === "Ready");
      expect(ready?.status).toBe("True");
    });
    const namespaces = await edge.kubectl.list("namespaces", "*", "inkube.dev/cluster=cut");
    expect(namespaces).toHaveLength(1);
  });

  it("says whether an endpoint answers from outside of its host, where the hub is", async () => {
    await admin.inkube(["create", "noded", "--host", "edge", "--endpoint", "NodePort", ...small, patienceFlag]);
    const outside = async () =>
      (await cluster("noded")).status?.conditions?.find(({ type }) => type === "EndpointReachableFromOutside")?.status;
    await eventually(async () => expect(await outside()).toBe("False"));
    const port = Number(URL.parse((await cluster("noded")).status?.endpoint?.url ?? "")?.port);
    await using _way = await linkHosts({ from: first, to: edge, port });
    await eventually(async () => expect(await outside()).toBe("True"));
  });

  it("AUD-01 has told nobody a secret: not in logs, events, statuses or the audit log", async () => {
    const secrets = [...(await knownSecrets(first.kubectl, edge.kubectl, admin)), ...importTokens];
    expect(secrets.length).toBeGreaterThan(20);
    for (const token of importTokens) expect(token).toMatch(/^ini_/);
    // They would be found where they are.
    const kept = JSON.stringify(await first.kubectl.list("secrets", "*"));
    expect(secrets.filter((secret) => kept.includes(secret)).length).toBeGreaterThan(10);
    const told = [...toldBefore, ...(await everythingTold([first.kubectl, edge.kubectl], admin))];
    expect(told.map(([where]) => where).join()).toMatch(/control-plane-0 on host 1/);
    for (const [where, text] of told) {
      expect(text.length, where).toBeGreaterThan(0);
      for (const secret of secrets) expect(text.includes(secret), `${where} has a secret`).toBe(false);
    }
  });

  it("deletes nested clusters on the second host with everything of them", async () => {
    await admin.inkube(["delete", "far", "cut", "noded", "ballast", "--yes", patienceFlag]);
    expect(await edge.kubectl.list("nestedclusters", "*")).toEqual([]);
    expect(await edge.kubectl.list("namespaces", "*", "inkube.dev/cluster-uid")).toEqual([]);
  });

  it("IMP-08 removes the host: its agent leaves, its own workloads stay", async () => {
    await edge.kubectl.apply(pod("own", { containers: [container()] }));
    await admin.inkube(["group", "delete", "both"]);
    await admin.inkube(["host", "remove", "edge", "--yes"]);
    await eventually(async () => expect(await hostObject("edge")).toBeUndefined());
    await eventually(async () => {
      const left = await edge.kubectl.try(["get", "namespace", "inkube-system"]);
      expect(left.stderr).toContain("NotFound");
    });
    await eventually(async () => {
      const kinds = "clusterroles,clusterrolebindings,apiservices,customresourcedefinitions,priorityclasses";
      const cluster = await edge.kubectl.run(["get", kinds, "-o", "name"]);
      const system = await edge.kubectl.run(["-n", "kube-system", "get", "roles,rolebindings", "-o", "name"]);
      for (const trace of ["inkube", "metrics.k8s.io"]) expect(cluster + system).not.toContain(trace);
    });
    await edge.kubectl.run(["get", "pod", "own"]);
  });

  it("installs hub and agent on any cluster by one Helm command", async () => {
    const deployment = await first.kubectl.get<KubeObject & DeploymentObject>(
      "deployment",
      "inkube-hub",
      "inkube-system",
    );
    const image = deployment.spec.template.spec.containers[0]?.image ?? "";
    const values = [`image=${image}`, "host.defaultDistro=k8s", "hub.url=https://hub.example.test"].join(",");
    const install = ["install", "inkube", chart, "-n", "inkube-system", "--create-namespace", "--set", values];
    await helm(edge.kubectl, [...install, "--wait", "--timeout", "10m"]);
    const size = { cpu: "500m", memory: "512Mi" };
    const metadata = { name: "charted" };
    await edge.kubectl.apply({ apiVersion: "inkube.dev/v1alpha1", kind: "NestedCluster", metadata, spec: { size } });
    await edge.kubectl.run(["wait", "--for=condition=Ready", "nestedcluster/charted", patienceFlag]);
    const placed = await edge.kubectl.get<KubeObject & NestedCluster>("nestedcluster", "charted");
    expect(placed.status?.host).toBe("local");
    await edge.kubectl.run(["delete", "nestedcluster", "charted", patienceFlag]);
  });
});
