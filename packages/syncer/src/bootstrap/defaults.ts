import { type Client, type KubeObject, resources } from "@inkube/kube";
import { createOnce } from "./steady-service.ts";

const namespaces = ["default", "kube-system"];

/**
 * Makes what the first pods need before the controller manager gets to it: the default ServiceAccount and the CA's ConfigMap.
 * What exists is left alone, since its controller keeps it from then on.
 */
export async function ensureDefaults(client: Client, clusterCA: string, signal: AbortSignal): Promise<void> {
  await Promise.all(
    namespaces.flatMap((namespace) => [
      createOnce(client, resources.serviceaccounts, defaultAccount(namespace), signal),
      createOnce(client, resources.configmaps, rootCA(namespace, clusterCA), signal),
    ]),
  );
}

function defaultAccount(namespace: string): KubeObject {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } };
}

function rootCA(namespace: string, clusterCA: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "kube-root-ca.crt", namespace },
    data: { "ca.crt": clusterCA },
  };
}
