import { join } from "node:path";
import { type Client, isKubeError, type KubeObject, type ObjectRef, type ResourceType, resources } from "@inkube/kube";
import { run } from "../command.ts";
import { readPidRecord } from "../supervisor/pid-record.ts";
import type { HostLayout } from "./host-layout.ts";
import { clusterDNSIP, insideNetns, kubernetesServiceIP } from "./network.ts";
import { waitUntil } from "./wait-until.ts";

const timeoutMs = 180_000;

/** Resolves when the node is Ready, the add-ons have ready pods and the cluster's DNS answers; fails with `notReady`. */
export async function awaitCluster(layout: HostLayout, client: Client, signal: AbortSignal | undefined): Promise<void> {
  const wait = (condition: () => Promise<boolean>, explanation: string) =>
    waitUntil(condition, {
      timeoutMs,
      intervalMs: 150,
      explain: () => explanation,
      ...(signal === undefined ? {} : { signal }),
    });
  const kubeletLog = join(layout.logDir, "kubelet.log");
  await wait(() => nodeIsReady(layout, client), `Node ${layout.nodeName} is not Ready; see ${kubeletLog}`);
  for (const ref of [
    { namespace: "kube-system", name: "coredns" },
    { namespace: "local-path-storage", name: "local-path-provisioner" },
  ]) {
    const explanation = `Deployment ${ref.namespace}/${ref.name} has no ready pod; see ${layout.podLogsDir}`;
    await wait(() => isAvailable(client, ref), explanation);
  }
  await wait(() => dnsAnswers(layout), `The cluster's DNS does not answer; see ${layout.podLogsDir}`);
}

/** After a crash the API server still has the old status; only a lease renewed by this kubelet makes it worth something. */
async function nodeIsReady(layout: HostLayout, client: Client): Promise<boolean> {
  const [node, lease] = await Promise.all([
    read(client, resources.nodes, { name: layout.nodeName }),
    read(client, resources.leases, { namespace: "kube-node-lease", name: layout.nodeName }),
  ]);
  const status = node?.status as { conditions?: { type: string; status: string }[] } | undefined;
  const isReady = status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
  const renewed = (lease?.spec as { renewTime?: string } | undefined)?.renewTime;
  const started = readPidRecord(layout.runDir, "kubelet")?.startedAt;
  if (!isReady || renewed === undefined || started === undefined) return false;
  return Date.parse(renewed) >= Date.parse(started);
}

async function isAvailable(client: Client, ref: ObjectRef): Promise<boolean> {
  const deployment = await read(client, resources.deployments, ref);
  const status = deployment?.status as { readyReplicas?: number; observedGeneration?: number } | undefined;
  return (status?.readyReplicas ?? 0) > 0 && status?.observedGeneration === deployment?.metadata.generation;
}

async function read(client: Client, type: ResourceType, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await client.get(type, ref);
  } catch (error) {
    if (isKubeError(error, "unreachable", "server", "timeout", "throttled", "forbidden")) return undefined;
    throw error;
  }
}

async function dnsAnswers(layout: HostLayout): Promise<boolean> {
  const script = `
    const { Resolver } = require("node:dns/promises");
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers(["${clusterDNSIP}"]);
    resolver.resolve4("kubernetes.default.svc.cluster.local").then(
      (found) => process.exit(found.includes("${kubernetesServiceIP}") ? 0 : 1),
      () => process.exit(1),
    );`;
  const result = await run([...insideNetns(layout), process.execPath, "-e", script], { allowFailure: true });
  return result.code === 0;
}
