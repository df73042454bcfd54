import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type NestedCluster, nestedClusters } from "@inkube/api";
import { type Client, createClient, type KubeObject, parseKubeconfig, resources } from "@inkube/kube";
import { must } from "../e2e/harness/run.ts";

const program = join(import.meta.dirname, "../packages/cli/src/main.ts");

/** The CLI on the benchmark's own host. */
export function inkube(...args: string[]): Promise<string> {
  return must(process.execPath, [program, "--embedded", "bench", ...args], { timeoutMs: 900_000 });
}

export interface Environment extends AsyncDisposable {
  host: Client;
  /** A client with the nested administrator's kubeconfig. */
  nested(name: string): Promise<Client>;
}

const nodeName = "answers-at-once";

/** What a pod says to run on the kubelet stand-in, on the host and inside alike. */
export const onStandIn = {
  nodeSelector: { "inkube.dev/bench": "true" },
  tolerations: [{ key: "inkube.dev/bench", operator: "Exists" }],
};

function standInNode(): KubeObject {
  const capacity = { cpu: "1000", memory: "1000Gi", pods: "5000" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nodeName,
      labels: { "inkube.dev/bench": "true", "kubernetes.io/hostname": nodeName },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    spec: { taints: [{ key: "inkube.dev/bench", effect: "NoSchedule" }] },
    status: { capacity, allocatable: capacity },
  };
}

function startStandIn(kubeconfig: string): ChildProcess {
  const kwok = join(process.env.INKUBE_BIN_DIR ?? "", "kwok");
  const selector = "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake";
  return spawn(kwok, [`--kubeconfig=${kubeconfig}`, selector, "--cidr=10.245.0.0/16", "--node-ip=127.0.0.1"], {
    stdio: ["ignore", "ignore", "ignore"],
  });
}

/** Brings up the benchmark's host with the real kwok as a kubelet that answers at once. */
export async function openEnvironment(): Promise<Environment> {
  await inkube("up", "--no-demo");
  const { kubeconfigPath } = JSON.parse(await inkube("status", "-o", "json")) as { kubeconfigPath: string };
  const host = createClient(await parseKubeconfig(await readFile(kubeconfigPath, "utf8")));
  await host.apply(resources.nodes, standInNode(), { fieldManager: "inkube-bench", force: true });
  const standIn = startStandIn(kubeconfigPath);
  return {
    host,
    async nested(name) {
      return createClient(await parseKubeconfig(await inkube("kubeconfig", name)));
    },
    async [Symbol.asyncDispose]() {
      standIn.kill("SIGKILL");
      await host.close();
      await inkube("down");
    },
  };
}

/** A NestedCluster large enough that its quota never limits a benchmark. */
export function largeCluster(name: string): KubeObject {
  const size = { cpu: "500", memory: "500Gi", storage: "100Gi", pods: 5000 };
  return {
    apiVersion: "inkube.dev/v1alpha1",
    kind: nestedClusters.kind,
    metadata: { name, namespace: "default" },
    spec: { size } satisfies Partial<NestedCluster["spec"]>,
  };
}
