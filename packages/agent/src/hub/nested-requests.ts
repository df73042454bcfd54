import { AppError, annotations, fieldManagers, type NestedCluster, names, ports, tunnelHeaders } from "@inkube/api";
import { type Client, createClient, type KubeObject, parseKubeconfig, resources, type WatchCache } from "@inkube/kube";
import { secretData } from "../objects/secret-data.ts";

export interface NestedRequestsOptions {
  client: Client;
  clusters: WatchCache;
  /** True on the hub's own cluster, where objects carry their own uid. */
  isLocal: () => boolean;
}

/** Nested clusters as the hub asks for them, and clients of their API servers. */
export interface NestedRequests {
  /** The cluster that the headers name, and how to open its API. Throws AppError when it is not on this host. */
  find(headers: Readonly<Record<string, string | string[] | undefined>>): {
    cluster: NestedCluster;
    /** Throws AppError when it has no API server yet. */
    open(): Promise<Client>;
  };
  close(): Promise<void>;
}

/** What callers of the hub are inside, by group. The hub says which group a caller has; these say what it may do. */
const groupRoles = {
  "inkube:inside-admin": "cluster-admin",
  "inkube:inside-edit": "edit",
  "inkube:inside-view": "view",
};

interface OpenClient {
  version: string;
  client: Promise<Client>;
}

export function createNestedRequests({ client, clusters, isLocal }: NestedRequestsOptions): NestedRequests {
  const opened = new Map<string, OpenClient>();
  return {
    find(headers) {
      const text = (name: string): string => String(headers[name] ?? "");
      const [project, name] = [text(tunnelHeaders.project), text(tunnelHeaders.cluster)];
      const object = clusters.get(name, project);
      const known = isLocal() ? object?.metadata.uid : object?.metadata.annotations?.[annotations.hubUid];
      if (!object || known !== text(tunnelHeaders.uid)) {
        throw new AppError("KUBE_NOT_FOUND", `There is no nested cluster ${project}/${name} on this host`);
      }
      const cluster = object as KubeObject as unknown as NestedCluster;
      return { cluster, open: () => openOnce(client, opened, cluster) };
    },
    async close() {
      await Promise.all([...opened.values()].map(async (one) => (await one.client.catch(() => undefined))?.close()));
    },
  };
}

async function openOnce(client: Client, opened: Map<string, OpenClient>, cluster: NestedCluster): Promise<Client> {
  const namespace = cluster.status?.namespace ?? "";
  const ref = { namespace, name: names.syncerKubeconfigSecret };
  const secret = namespace ? await client.get(resources.secrets, ref) : undefined;
  const { kubeconfig } = secret ? secretData(secret) : {};
  if (!kubeconfig) {
    throw new AppError("CP_NOT_READY", `${cluster.metadata.name} has no API server yet`, {
      todo: "Wait until it is ready.",
    });
  }
  const version = secret?.metadata.resourceVersion ?? "";
  const known = opened.get(namespace);
  if (known?.version === version) return known.client;
  void known?.client.then((old) => old.close());
  const opening = apiServerURL(client, namespace).then((server) => openClient(kubeconfig, server));
  opened.set(namespace, { version, client: opening });
  opening.catch(() => opened.get(namespace)?.client === opening && opened.delete(namespace));
  return opening;
}

/** A dedicated syncer's own kubeconfig leads to its own pod. */
async function apiServerURL(client: Client, namespace: string): Promise<string> {
  const service = await client.get(resources.services, { namespace, name: names.controlPlane });
  const address = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
  return `https://${address.includes(":") ? `[${address}]` : address}:${ports.apiService}`;
}

async function openClient(kubeconfig: string, server: string): Promise<Client> {
  const nested = createClient({ ...(await parseKubeconfig(kubeconfig)), server });
  try {
    await bindGroups(nested);
    return nested;
  } catch (error) {
    await nested.close();
    throw error;
  }
}

/** The roles that the groups stand for; applied once a connection, so that a tenant who removed one gets it back. */
async function bindGroups(nested: Client): Promise<void> {
  const rbac = "rbac.authorization.k8s.io";
  const bindings = Object.entries(groupRoles).map(
    ([group, role]): KubeObject => ({
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: group },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
      subjects: [{ kind: "Group", apiGroup: rbac, name: group }],
    }),
  );
  const options = { fieldManager: fieldManagers.agent, force: true };
  await Promise.all(bindings.map((binding) => nested.apply(resources.clusterrolebindings, binding, options)));
}
