import { isIP } from "node:net";
import { fieldManagers, ports } from "@inkube/api";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { BootstrapConfig } from "./bootstrap-config.ts";
import { ensureService } from "./steady-service.ts";

const namespace = "default";
const name = "kubernetes";

/**
 * Gives `default/kubernetes` the address at which pods really reach the API server, and the endpoints behind it.
 * The API server makes this Service itself, with the first address of its range, within a fraction of a second after it is ready
 * and again whenever it is missing, but never changes the address of one that is there.
 */
export async function ensureApiService(client: Client, config: BootstrapConfig, signal: AbortSignal): Promise<void> {
  const addresses = config.controlPlanePodIPs();
  if (addresses.length === 0) throw new Error("the control plane has no address yet");
  await ensureService(client, apiService(config.apiServiceIP), { heal: false, signal });
  // After the Service: its deletion makes the endpoints controller delete what has its name.
  const options = { fieldManager: fieldManagers.syncer, force: true, signal };
  await Promise.all([
    client.apply(resources.endpointslices, apiEndpointSlice(addresses), options),
    client.apply(resources.endpoints, apiEndpoints(addresses), options),
  ]);
}

function apiService(clusterIP: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, labels: { component: "apiserver", provider: "kubernetes" } },
    spec: {
      type: "ClusterIP",
      clusterIP,
      ipFamilyPolicy: "SingleStack",
      sessionAffinity: "None",
      ports: [{ name: "https", port: ports.apiService, protocol: "TCP", targetPort: ports.api }],
    },
  };
}

function apiEndpointSlice(addresses: readonly string[]): KubeObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: isIP(addresses[0] ?? "") === 6 ? "IPv6" : "IPv4",
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: "https", port: ports.api, protocol: "TCP" }],
  };
}

function apiEndpoints(addresses: readonly string[]): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    // Without the label a controller would copy these endpoints into a second slice.
    metadata: { name, namespace, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
    subsets: [
      {
        addresses: addresses.map((ip) => ({ ip })),
        ports: [{ name: "https", port: ports.api, protocol: "TCP" }],
      },
    ],
  };
}
