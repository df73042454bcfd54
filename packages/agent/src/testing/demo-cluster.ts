import { type Condition, hostNamespace, nestedClusters } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { putPod, startTestHost, type TestHost } from "./test-host.ts";

/** The host namespace of `team/demo`. */
export const namespace = hostNamespace("team", "demo");

/** Status of a container that runs, as the kubelet says it. */
export function running(name: string, ready = true): object {
  return { name, ready, image: `image-of-${name}`, state: { running: {} } };
}

/** Status of a control plane's pod in which every container is ready. */
export const healthy = {
  containerStatuses: ["kine", "kube-apiserver", "kube-controller-manager"].map((name) => running(name)),
};

export function statusOf(host: TestHost): { phase?: string; conditions?: Condition[]; endpoint?: { url?: string } } {
  return (host.cluster("demo")?.status ?? {}) as object;
}

export function condition(host: TestHost, type: string): Condition | undefined {
  return statusOf(host).conditions?.find((candidate) => candidate.type === type);
}

export function secret(host: TestHost, name: string): KubeObject | undefined {
  return host.server.object(resources.secrets, { namespace, name });
}

/** A cluster whose control plane and endpoint answer; of the requests only later ones are remembered. */
export async function runningHost(): Promise<TestHost> {
  const host = await startTestHost();
  await host.createCluster("demo");
  await host.reconcile("demo");
  await putPod(host, namespace, healthy);
  host.answer = { ready: true };
  for (let round = 0; round < 3; round += 1) await host.reconcile("demo");
  host.server.clearRequests();
  return host;
}

/** What the syncer says when it has brought both sides into agreement. */
export async function saySynced(host: TestHost): Promise<void> {
  const lastTransitionTime = "2026-01-01T00:00:00Z";
  const synced = { type: "Synced", status: "True", reason: "InSync", message: "", lastTransitionTime };
  const object = {
    apiVersion: "inkube.dev/v1alpha1",
    kind: "NestedCluster",
    metadata: { name: "demo", namespace: "team" },
    status: { conditions: [synced] },
  };
  await host.client.apply(nestedClusters, object, { fieldManager: "inkube-syncer", subresource: "status" });
}
