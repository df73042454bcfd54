import { names } from "@inkube/api";
import { apiVersionOf, type Client, resources } from "@inkube/kube";

/** Says, as Kubernetes does where pods run, which replicas of the hub its Service leads to, and which pods it does not. */
export async function setReplicas(admin: Client, ready: readonly string[], notReady: readonly string[] = []) {
  const endpoints = [...ready, ...notReady].map((name, index) => ({
    addresses: [`10.0.0.${index + 1}`],
    conditions: { ready: ready.includes(name) },
    targetRef: { kind: "Pod", namespace: names.systemNamespace, name },
  }));
  const slice = {
    apiVersion: apiVersionOf(resources.endpointslices),
    kind: resources.endpointslices.kind,
    metadata: {
      name: `${names.hubService}-abcde`,
      namespace: names.systemNamespace,
      labels: { "kubernetes.io/service-name": names.hubService },
    },
    addressType: "IPv4",
    endpoints,
    ports: [],
  };
  await admin.apply(resources.endpointslices, slice, { fieldManager: "test", force: true });
}
