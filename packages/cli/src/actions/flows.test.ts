import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nestedClusters, setCondition } from "@inkube/api";
import { resources } from "@inkube/kube";
import type { FakeApiServerOptions } from "@inkube/kube/testing";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { addKubeconfigSecret, readyStatus, sampleKubeconfig, startFakeHost, testNow } from "../testing/fake-host.ts";

const demo = { namespace: "default", name: "demo" };

/** Waits for something that another part of the same process is about to do. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe("inkube list", () => {
  it("shows a table, more with -o wide, names with -o name", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await host.addCluster("fresh");
    const { out } = await host.inkube("list");
    const [header, first, second] = out.split("\n").map((line) => line.split(/ {2,}/));
    expect(header).toEqual(["NAME", "DISTRO", "VERSION", "PHASE", "READY", "AGE"]);
    expect(first?.slice(0, 5)).toEqual(["demo", "k8s", "v1.34.4", "Ready", "True"]);
    expect(second?.slice(0, 5)).toEqual(["fresh", "-", "-", "Pending", "Unknown"]);
    expect((await host.inkube("list -o wide")).out).toContain("https://192.0.2.1:30443");
    expect((await host.inkube("list -o name")).out).toBe(
      "nestedcluster.inkube.dev/demo\nnestedcluster.inkube.dev/fresh\n",
    );
  });

  it("is a Kubernetes list with -o json and -o yaml", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo");
    const json = JSON.parse((await host.inkube("list -o json")).out);
    expect(json).toMatchObject({ kind: "NestedClusterList", items: [{ metadata: { name: "demo" } }] });
    expect(json.items[0].metadata).not.toHaveProperty("managedFields");
    expect(parse((await host.inkube("list -o yaml")).out)).toEqual(json);
  });

  it("says so on standard error when there is nothing, with an empty list for programs", async () => {
    await using host = await startFakeHost();
    expect(await host.inkube("list -n team-a")).toMatchObject({
      code: 0,
      out: "",
      err: "There are no nested clusters in project team-a\n",
    });
    expect(JSON.parse((await host.inkube("list -o json")).out).items).toEqual([]);
  });
});

describe("inkube create", () => {
  it("asks first without creating, then creates what the options say", async () => {
    await using host = await startFakeHost();
    const line = "create demo --no-wait --cpu 4 --pods 20 --endpoint NodePort --pod-security restricted --distro k8s";
    const { code, out } = await host.inkube(line);
    expect({ code, out }).toEqual({ code: 0, out: "demo is created\n" });
    expect(host.server.object(nestedClusters, demo)?.spec).toEqual({
      distro: "k8s",
      podSecurity: "restricted",
      size: { cpu: "4", pods: 20 },
      endpoint: { type: "NodePort" },
    });
    expect(host.server.requests.filter((request) => request.verb === "create")).toHaveLength(2);
  });

  it("takes a file from standard input, with options over it", async () => {
    await using host = await startFakeHost();
    const stdin = `apiVersion: inkube.dev/v1alpha1
kind: NestedCluster
metadata: {name: demo, labels: {team: a}}
spec: {size: {cpu: "1", memory: 2Gi}}`;
    expect((await host.inkube("create -f - --cpu 3 --no-wait", { stdin })).code).toBe(0);
    const created = host.server.object(nestedClusters, demo);
    expect(created?.spec).toEqual({ size: { cpu: "3", memory: "2Gi" } });
    expect(created?.metadata.labels).toEqual({ team: "a" });
  });

  const badFiles: [string, string, RegExp][] = [
    ["another kind", "{apiVersion: v1, kind: Pod, metadata: {name: demo}}", /not a NestedCluster/],
    ["two documents", "{a: 1}\n---\n{b: 2}", /not one YAML document/],
    ["nothing", "", /not one YAML document/],
    ["another name", "{apiVersion: inkube.dev/v1alpha1, kind: NestedCluster, metadata: {name: other}}", /about other/],
  ];
  it.each(badFiles)("refuses a file with %s", async (_title, stdin, message) => {
    await using host = await startFakeHost();
    const { code, err } = await host.inkube("create demo -f -", { stdin });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("refuses a name that is taken, and a project that is not there", async () => {
    await using host = await startFakeHost({ requireNamespaces: true });
    expect(await host.inkube("create demo -n nowhere")).toMatchObject({
      code: 3,
      err: expect.stringContaining("no project nowhere"),
    });
    await using other = await startFakeHost();
    await other.addCluster("demo");
    expect(await other.inkube("create demo")).toMatchObject({ code: 4, err: expect.stringContaining("already") });
  });

  it("waits until it is ready, tells what happens meanwhile, and says where it is", async () => {
    await using host = await startFakeHost();
    const { io, code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    const starting = {
      status: "False",
      reason: "ContainersStarting",
      message: "Pulling images.",
      observedGeneration: 1,
    } as const;
    await host.setStatus("demo", { conditions: setCondition([], { ...starting, type: "ControlPlaneReady" }, testNow) });
    await eventually(() => expect(io.err).toContain("Control plane: working: Pulling images."));
    await host.setStatus("demo", readyStatus("demo"));
    expect(await code).toBe(0);
    expect(io.out).toBe("demo is ready at https://192.0.2.1:30443\n");
    expect(io.err).toContain("inkube connect demo");
  });

  it("goes on waiting through a lost connection", async () => {
    await using host = await startFakeHost();
    const { code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    host.server.faults.outage();
    await eventually(() => expect(host.clock.sleeping).toBe(2));
    host.server.faults.restore();
    await host.setStatus("demo", readyStatus("demo"));
    await host.clock.advance(1000);
    expect(await code).toBe(0);
  });

  it("gives up after the timeout with the reason, and leaves the cluster", async () => {
    await using host = await startFakeHost();
    const { io, code } = host.start("create demo --timeout 90s");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    const failing = {
      status: "False",
      reason: "ImagePullFailed",
      message: "No such image.",
      observedGeneration: 1,
    } as const;
    await host.setStatus("demo", { conditions: setCondition([], { ...failing, type: "ControlPlaneReady" }, testNow) });
    await eventually(() => expect(io.err).toContain("Control plane: failed: No such image."));
    await host.clock.advance(90_000);
    expect(await code).toBe(8);
    expect(io.err).toContain("demo is not ready after 90s: ImagePullFailed: No such image.");
    expect(host.server.object(nestedClusters, demo)).toBeDefined();
  });

  it("ends cleanly on Ctrl-C and says how to go on", async () => {
    await using host = await startFakeHost();
    const interrupt = new AbortController();
    const { io, code } = host.start("create demo", { signal: interrupt.signal });
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    interrupt.abort();
    expect(await code).toBe(130);
    expect(io.err).toContain("still being made");
    expect(io.err).toContain("inkube describe demo");
  });

  it("stops waiting when the agent gave up", async () => {
    await using host = await startFakeHost();
    const { io, code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    await host.setStatus("demo", { phase: "Failed" });
    expect(await code).toBe(8);
    expect(io.err).toContain("demo cannot be made");
  });

  it("stops waiting when somebody deleted it", async () => {
    await using host = await startFakeHost();
    const { code } = host.start("create demo");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    await host.client.delete(nestedClusters, demo);
    expect(await code).toBe(3);
  });
});

describe("inkube describe", () => {
  it("is a tree of what is known", async () => {
    await using host = await startFakeHost();
    const status = readyStatus("demo");
    const namespace = status.namespace ?? "";
    const broken = {
      type: "Synced",
      status: "False",
      reason: "Desynced",
      message: "Lost sight.",
      observedGeneration: 1,
    } as const;
    await host.addCluster("demo", { ...status, conditions: setCondition(status.conditions, broken, testNow - 60_000) });
    await host.client.create(resources.pods, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "control-plane-0", namespace },
      spec: { containers: [{ name: "kine", image: "kine" }] },
    });
    const containerStatuses = [
      { name: "kine", ready: true, restartCount: 0, state: { running: {} } },
      { name: "kube-apiserver", ready: false, restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } },
    ];
    const pod = { namespace, name: "control-plane-0" };
    await host.client.patch(
      resources.pods,
      pod,
      { status: { containerStatuses } },
      { type: "merge", subresource: "status" },
    );
    await host.client.create(resources.events, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "e", namespace },
      involvedObject: { kind: "Pod", name: "control-plane-0" },
      type: "Warning",
      reason: "BackOff",
      message: "again\u001B[2J",
      lastTimestamp: new Date(testNow - 5000).toISOString(),
      count: 4,
    });
    const { code, out } = await host.inkube("describe demo");
    expect(code).toBe(0);
    expect(out).toContain("default/demo  Ready");
    expect(out).toContain("✗ Synced  Desynced  60s\n");
    expect(out).toContain("Lost sight.");
    expect(out).toContain("✓ kine  running\n");
    expect(out).toContain("· kube-apiserver  CrashLoopBackOff, not ready, restarted 3×");
    expect(out).toContain("5s  BackOff  Pod/control-plane-0  again\\u{1b}[2J (4×)");
    expect(JSON.parse((await host.inkube("describe demo -o json")).out)).toMatchObject({
      cluster: { metadata: { name: "demo" } },
      containers: [{ name: "kine" }, { restarts: 3 }],
    });
  });

  it("also works without rights in the host namespace", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    const secretive = (request: { namespace: string }) => request.namespace.startsWith("inkube-");
    host.server.faults.add({ fault: { kind: "answer", status: 403 }, when: secretive });
    expect(await host.inkube("describe demo")).toMatchObject({ code: 0, out: expect.stringContaining("no pod yet") });
  });

  it.each(["describe", "kubeconfig", "logs", "connect"])(
    "%s of a cluster that is not there exits with 3",
    async (name) => {
      await using host = await startFakeHost();
      expect(await host.inkube(`${name} nope`)).toMatchObject({
        code: 3,
        err: expect.stringContaining("no nested cluster nope"),
      });
    },
  );
});

describe("inkube kubeconfig and connect", () => {
  async function temporary() {
    const path = await mkdtemp(join(tmpdir(), "inkube-test-"));
    return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
  }

  it("print the kubeconfig or write it to a private file", async () => {
    await using host = await startFakeHost();
    await using folder = await temporary();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo");
    expect(await host.inkube("kubeconfig demo")).toMatchObject({ code: 0, out: sampleKubeconfig });
    const file = join(folder.path, "demo.kubeconfig");
    expect(await host.inkube(`kubeconfig demo --output-file ${file}`)).toMatchObject({ code: 0, out: "" });
    expect(await readFile(file, "utf8")).toBe(sampleKubeconfig);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("say that there is none yet", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo");
    expect(await host.inkube("kubeconfig demo")).toMatchObject({ code: 8, out: "" });
  });

  it("add a context to the person's kubeconfig", async () => {
    await using host = await startFakeHost();
    await using folder = await temporary();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo");
    expect((await host.inkube("connect demo", { home: folder.path })).code).toBe(0);
    const written = parse(await readFile(join(folder.path, ".kube", "config"), "utf8"));
    expect(written["current-context"]).toBe("inkube-default-demo");
  });

  it("run one command with a kubeconfig that is gone afterwards, and take over its exit code", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo");
    let seen = "";
    const onChild = async (path: string | undefined) => {
      seen = await readFile(path ?? "", "utf8");
      return 42;
    };
    const { code, io } = await host.inkube("connect demo -- kubectl get pods -A", { onChild });
    expect(code).toBe(42);
    expect(seen).toBe(sampleKubeconfig);
    expect(io.children[0]?.command).toEqual(["kubectl", "get", "pods", "-A"]);
    await expect(stat(io.children[0]?.kubeconfig ?? "")).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("inkube logs", () => {
  /** Serves `<container> line` as the log of every container. */
  const logs: FakeApiServerOptions = {
    hook: (request, response) => {
      const url = new URL(request.url ?? "/", "http://fake");
      if (!url.pathname.endsWith("/log")) return false;
      response.writeHead(200);
      response.end(`${url.searchParams.get("container")} says ${url.searchParams}\n`);
      return true;
    },
  };

  async function hostWithPod() {
    const host = await startFakeHost(logs);
    await host.addCluster("demo", readyStatus("demo"));
    const names = ["kine", "kube-apiserver", "konnectivity"];
    await host.client.create(resources.pods, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "control-plane-0", namespace: readyStatus("demo").namespace ?? "" },
      spec: { containers: names.map((name) => ({ name, image: name })) },
    });
    return host;
  }

  it("prints one part as it is, and says what of it is wanted", async () => {
    await using host = await hostWithPod();
    const { out } = await host.inkube("logs demo --part kine --tail 5 --since 2m -f");
    expect(out).toBe("kine says container=kine&follow=true&tailLines=5&sinceSeconds=120\n");
  });

  it("prints the whole control plane with the part before each line", async () => {
    await using host = await hostWithPod();
    const { out } = await host.inkube("logs demo");
    expect(out.split("\n").filter(Boolean).sort()).toEqual([
      "kine           kine says container=kine",
      "kube-apiserver kube-apiserver says container=kube-apiserver",
    ]);
  });

  it("knows parts that a cluster does not have", async () => {
    await using host = await hostWithPod();
    expect(await host.inkube("logs demo --part k3s")).toMatchObject({
      code: 2,
      err: expect.stringContaining("no part k3s"),
    });
    expect(await host.inkube("logs demo --part heart")).toMatchObject({ code: 2 });
    expect(await host.inkube("logs demo --part agent")).toMatchObject({
      code: 8,
      err: expect.stringContaining("inkube-agent"),
    });
  });
});

describe("inkube logs of a program that serves many", () => {
  it("leaves out what is about other nested clusters, before it counts the last lines", async () => {
    const namespace = readyStatus("demo").namespace ?? "";
    const lines = [
      { msg: "1", cluster: namespace },
      { msg: "2", cluster: namespace },
      { msg: "3", cluster: "inkube-default-other-00000" },
      { msg: "4" },
      { msg: "5", controller: "nested-cluster", key: "default/other" },
      { msg: "6", controller: "nested-cluster", key: "default/demo" },
    ];
    let asked = "";
    await using host = await startFakeHost({
      hook: (request, response) => {
        if (!request.url?.includes("/log?")) return false;
        asked = request.url;
        response.writeHead(200);
        response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
        return true;
      },
    });
    await host.addCluster("demo", readyStatus("demo"));
    const metadata = { name: "inkube-syncer-abc", namespace: "inkube-system" };
    const spec = { containers: [{ name: "syncer", image: "inkube" }] };
    await host.client.create(resources.pods, { apiVersion: "v1", kind: "Pod", metadata, spec });
    const shown = async (line: string) => (await host.inkube(line)).out.match(/(?<="msg":")\d/g);
    expect(await shown("logs demo --part syncer")).toEqual(["1", "2", "4", "6"]);
    expect(await shown("logs demo --part syncer --tail 3")).toEqual(["2", "4", "6"]);
    expect(asked).not.toContain("tailLines");
  });
});

describe("inkube explain", () => {
  async function hostWithNested() {
    const nested = await startFakeHost();
    const host = await startFakeHost();
    await host.addCluster("demo", readyStatus("demo"));
    await addKubeconfigSecret(host.client, "demo", nested.server.url);
    const metadata = { name: "settings", namespace: "shop" };
    await nested.client.create(resources.configmaps, { apiVersion: "v1", kind: "ConfigMap", metadata });
    return {
      ...host,
      async [Symbol.asyncDispose]() {
        await nested[Symbol.asyncDispose]();
        await host[Symbol.asyncDispose]();
      },
    };
  }

  it("says why an object is not on the host; -n is the namespace inside", async () => {
    await using host = await hostWithNested();
    const { code, out } = await host.inkube("explain cm/settings -n shop --cluster demo");
    expect(code).toBe(0);
    expect(out).toContain("No pod uses it");
    expect(out).toContain("settings-x-shop-x-demo");
    expect(out).toContain("No syncer has looked at demo yet");
    const steps = JSON.parse((await host.inkube("explain cm/settings -n shop -o json")).out);
    expect(steps).toContainEqual(expect.objectContaining({ what: "Decision" }));
  });

  it("knows that most kinds stay inside", async () => {
    await using host = await hostWithNested();
    expect((await host.inkube("explain deploy/web")).out).toContain("stay inside the nested cluster");
  });

  it("asks which cluster is meant when there are several", async () => {
    await using host = await hostWithNested();
    await host.addCluster("other");
    expect(await host.inkube("explain cm/settings -n shop")).toMatchObject({
      code: 2,
      err: expect.stringContaining("demo, other"),
    });
  });

  it.each(["settings", "cm/", "/settings", "cm/UPPER", "cm/a/b"])(
    "refuses %s, which names no object",
    async (object) => {
      await using host = await startFakeHost();
      expect((await host.inkube(`explain ${object}`)).code).toBe(2);
    },
  );
});

describe("inkube delete", () => {
  it("waits until nothing is left and shows what holds it", async () => {
    await using host = await startFakeHost();
    const created = await host.addCluster("demo");
    const finalizers = ["inkube.dev/nested-cluster"];
    await host.client.patch(nestedClusters, demo, { metadata: { finalizers } }, { type: "merge" });
    const { io, code } = host.start("delete demo --yes");
    await eventually(() => expect(host.server.openWatches(nestedClusters)).toBe(1));
    const blocked = {
      type: "Ready",
      status: "False",
      reason: "DeletionBlocked",
      message: "A volume stays.",
      observedGeneration: 1,
    } as const;
    await host.setStatus("demo", { conditions: setCondition([], blocked, testNow) });
    await eventually(() => expect(io.err).toContain("Delete demo: working: A volume stays."));
    await host.client.patch(nestedClusters, demo, { metadata: { finalizers: null } }, { type: "merge" });
    expect(await code).toBe(0);
    expect(io.out).toBe("demo is deleted\n");
    expect(host.server.objects(nestedClusters).map((object) => object.metadata.uid)).not.toContain(
      created.metadata.uid,
    );
  });

  it("deletes all that are there before it reports one that is not", async () => {
    await using host = await startFakeHost();
    await host.addCluster("a");
    await host.addCluster("b");
    const { code, out, err } = await host.inkube("delete a nope b");
    expect(code).toBe(3);
    expect(out).toBe("a is deleted\nb is deleted\n");
    expect(err).toContain("no nested cluster nope");
  });

  it("asks a person first and takes no for an answer", async () => {
    await using host = await startFakeHost();
    await host.addCluster("demo");
    expect((await host.inkube("delete demo", { answer: false })).code).toBe(130);
    expect(host.server.object(nestedClusters, demo)).toBeDefined();
    expect((await host.inkube("delete demo", { answer: true })).code).toBe(0);
    expect(host.server.object(nestedClusters, demo)).toBeUndefined();
  });
});

describe("errors of the host", () => {
  it("have the exit code of their class, in JSON when that was asked for", async () => {
    await using host = await startFakeHost();
    host.server.faults.add({ fault: { kind: "answer", status: 403 } });
    const { code, err } = await host.inkube("list -o json");
    expect(code).toBe(6);
    expect(JSON.parse(err).error).toMatchObject({ code: "KUBE_FORBIDDEN" });
    host.server.faults.outage();
    expect((await host.inkube("list")).code).toBe(7);
  });
});
