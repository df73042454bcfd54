import { installManifests } from "@inkube/agent";
import { clusterGroups, hostClusters, names, nestedClusters } from "@inkube/api";
import {
  apiVersionOf,
  type Client,
  type ClusterConfig,
  isKubeError,
  type KubeObject,
  type ResourceType,
  resources,
  systemClock,
} from "@inkube/kube";
import type { RealApiServer } from "@inkube/kube/testing";
import { hubManifests } from "../install/hub-manifests.ts";

const image = "inkube:test";
const types: readonly ResourceType[] = [...Object.values(resources), hostClusters, nestedClusters, clusterGroups];

/** Applies what an installation has on the hub's cluster, but for the programs: nothing there would run them. */
export async function installHub(admin: Client, url: string): Promise<void> {
  const agent = await installManifests({
    image,
    defaultDistro: "k8s",
    defaultVersion: "v1.34.4",
    endpointType: "NodePort",
  });
  const programs = ["Deployment", "PersistentVolumeClaim"];
  for (const object of [...agent, ...hubManifests({ image, url })]) {
    if (!programs.includes(object.kind ?? "")) await applyUntilServed(admin, object);
  }
}

/** A token of the hub's own ServiceAccount, for an hour. */
export async function hubIdentity(server: RealApiServer, admin: Client): Promise<ClusterConfig> {
  const ref = { namespace: names.systemNamespace, name: names.hub };
  const request = { metadata: { name: "" }, spec: { expirationSeconds: 3600 } };
  const answer = await admin.createSubresource(resources.serviceaccounts, ref, "token", request);
  const { token } = answer.status as { token: string };
  return { ...server.config, token };
}

async function applyUntilServed(admin: Client, object: KubeObject): Promise<void> {
  const type = types.find((one) => one.kind === object.kind && apiVersionOf(one) === object.apiVersion);
  if (!type) throw new Error(`${object.kind} is not a known kind`);
  for (let attempt = 0; ; attempt += 1) {
    try {
      await admin.apply(type, object, { fieldManager: "test", force: true });
      return;
    } catch (error) {
      // A definition is served a moment after it was applied.
      if (attempt > 300 || !isKubeError(error, "notFound", "conflict")) throw error;
      await systemClock.sleep(100);
    }
  }
}
