import { fieldManagers } from "@inkube/api";
import { resources } from "@inkube/kube";
import type { ClusterView } from "../cluster-view.ts";
import type { BootstrapConfig } from "./bootstrap-config.ts";
import {
  dnsClusterRole,
  dnsClusterRoleBinding,
  dnsConfigMap,
  dnsDeployment,
  dnsService,
  dnsServiceAccount,
} from "./dns-objects.ts";
import { createOnce, ensureService } from "./steady-service.ts";

/** Makes the cluster's DNS be there. The tenant's Corefile and number of replicas are kept; everything else is put back as it should be. */
export async function ensureDns(view: ClusterView, config: BootstrapConfig, signal: AbortSignal): Promise<void> {
  const client = view.nested;
  const options = { fieldManager: fieldManagers.syncer, force: true, signal };
  await Promise.all([
    client.apply(resources.serviceaccounts, dnsServiceAccount(), options),
    client.apply(resources.clusterroles, dnsClusterRole(), options),
    client.apply(resources.clusterrolebindings, dnsClusterRoleBinding(), options),
    createOnce(client, resources.configmaps, dnsConfigMap(config), signal),
    client.apply(resources.deployments, dnsDeployment(config), options),
    ensureDnsService(view, signal),
  ]);
}

/** The address is asked for here, so that this Service does not depend on admission being in place already. */
async function ensureDnsService(view: ClusterView, signal: AbortSignal): Promise<void> {
  const service = dnsService();
  const { clusterIP, clusterIPs, ipFamilies } = await view.ensureHostService(service, { dryRun: false, signal });
  const spec = { ...(service.spec as object), clusterIP, clusterIPs, ipFamilies };
  await ensureService(view.nested, { ...service, spec }, { heal: true, signal });
}
