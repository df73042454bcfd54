import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeObject } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { openCluster } from "../harness/cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { host } from "../harness/host.ts";
import { hostName } from "../harness/inkube.ts";
import { binDir, type Kubectl } from "../harness/kubectl.ts";
import { configMap, container, deployment, images, pod } from "../harness/objects.ts";
import { patienceMs } from "../harness/patience.ts";
import { cutPort, killHard, processesLike, processesOfPod } from "../harness/processes.ts";

const tiny = { requests: { cpu: "1m", memory: "4Mi" }, limits: { cpu: "50m", memory: "32Mi" } };
const idle = (env: string) => container({ image: images.pause, resources: tiny, env: [{ name: "STAGE", value: env }] });
const uidOf = (object: KubeObject) => String(object.metadata.uid);
const nestedUid = (object: KubeObject) => object.metadata.annotations?.["inkube.dev/uid"] ?? "";

/** Records which nested pods lost their host pod, as the host's API server tells it. */
function recordDeletions(kubectl: Kubectl, namespace: string): { uids: Set<string>; stop(): void } {
  const uids = new Set<string>();
  const columns = "custom-columns=TYPE:.type,UID:.object.metadata.annotations.inkube\\.dev/uid";
  const args = ["--kubeconfig", kubectl.kubeconfig, "get", "pods", "-n", namespace, "-w", "--output-watch-events"];
  const selector = ["-l", "inkube.dev/managed-by=syncer", "-o", columns, "--no-headers"];
  const child = spawn(join(binDir(), "kubectl"), [...args, ...selector], { stdio: ["ignore", "pipe", "ignore"] });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    for (const [, uid] of text.matchAll(/DELETED\s+(\S+)/g)) if (uid) uids.add(uid);
  });
  return { uids, stop: () => child.kill("SIGKILL") };
}

/** What the two sides would have to agree on, as comparable lines. */
function summary(pods: KubeObject[], uid: (pod: KubeObject) => string): string[] {
  const line = (object: KubeObject) => {
    const spec = object.spec as { nodeName?: string };
    const status = object.status as { phase?: string; podIP?: string };
    return `${uid(object)} ${spec.nodeName} ${status.phase} ${status.podIP}`;
  };
  return pods.map(line).sort();
}

async function agree(nested: Kubectl, hostKubectl: Kubectl, namespace: string): Promise<void> {
  const inside = await nested.list("pods", "*");
  const outside = await hostKubectl.list("pods", namespace, "inkube.dev/managed-by=syncer");
  expect(summary(outside, nestedUid)).toEqual(summary(inside, uidOf));
  const maps = (await nested.list("configmaps", "default")).filter(({ metadata }) => metadata.name === "kept");
  const copies = await hostKubectl.list("configmaps", namespace, "inkube.dev/namespace=default");
  for (const map of maps) {
    expect(copies.find((copy) => nestedUid(copy) === uidOf(map))?.data).toEqual(map.data);
  }
}

describe("faults during a rollout of a hundred pods", () => {
  it("leave both sides in agreement, and nothing live deleted", async () => {
    const size = ["--pods", "300", "--cpu", "16", "--memory", "32Gi"];
    await using cluster = await openCluster("faults", size);
    const { kubectl } = cluster;
    const { host: hostKubectl } = await host();
    const { status } = await hostKubectl.get<{ metadata: never; status: { namespace: string } }>(
      "nestedcluster",
      "faults",
    );
    const volumes = [{ name: "kept", configMap: { name: "kept" } }];
    await kubectl.apply(
      configMap("kept", { a: "1" }),
      pod("kept", { containers: [idle("kept")], volumes }),
      deployment("fleet", 100, { containers: [idle("one")] }),
    );
    await kubectl.rolledOut("deployment/fleet");
    const kept = await kubectl.get("pod", "kept");
    const deletions = recordDeletions(hostKubectl, status.namespace);
    const podOf = async (namespace: string, selector: string) => {
      const [first] = await hostKubectl.list("pods", namespace, selector);
      if (!first) throw new Error(`no pod ${selector} in ${namespace}`);
      return uidOf(first);
    };
    const controlPlane = () => podOf(status.namespace, "inkube.dev/component=control-plane");
    const syncer = () => podOf("inkube-system", "app.kubernetes.io/name=inkube-syncer");
    const killPart = async (uid: Promise<string>, part: string) =>
      killHard(
        await eventually(async () => {
          const found = await processesOfPod(await uid, part);
          if (found.length === 0) throw new Error(`${part} is not running`);
          return found;
        }),
      );

    await kubectl.run(["set", "env", "deployment/fleet", "STAGE=two"]);
    await killPart(syncer(), "syncer");
    await sleep(3000);
    await killPart(podOf("inkube-system", "app.kubernetes.io/name=inkube-agent"), "agent");
    for (const part of ["kube-controller-manager", "kine", "kube-apiserver"]) {
      await killPart(controlPlane(), part);
      await sleep(5000);
    }
    killHard(await processesLike("kubelet", `/${hostName}/`, "--config"));
    await sleep(3000);
    const [apiServer] = await eventually(async () => {
      const found = await processesOfPod(await controlPlane(), "kube-apiserver");
      if (found.length === 0) throw new Error("kube-apiserver has not come back");
      return found;
    });
    await cutPort(apiServer ?? 0, 6443, 30_000);
    await kubectl.try(["set", "env", "deployment/fleet", "STAGE=three"]);
    const [hostApiServer] = await processesLike("kube-apiserver", `/${hostName}/`);
    await cutPort(hostApiServer ?? 0, 6443, 30_000, "10.244.0.0/16");

    await eventually(() => kubectl.rolledOut("deployment/fleet"));
    await eventually(() => agree(kubectl, hostKubectl, status.namespace), patienceMs, 2000);
    deletions.stop();
    expect(uidOf(await kubectl.get("pod", "kept"))).toBe(uidOf(kept));
    const alive = (await kubectl.list("pods", "*")).map(uidOf);
    expect(alive.filter((uid) => deletions.uids.has(uid))).toEqual([]);
  });
});
