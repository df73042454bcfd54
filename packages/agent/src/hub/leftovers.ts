import { names } from "@inkube/api";
import { type Client, isKubeError, type Logger, resources } from "@inkube/kube";
import { removeMetricsServer } from "../metrics-server/keep-metrics-server.ts";
import { metricsServerBindings, type Part } from "./uninstall.ts";

const apiServiceMs = 60_000;

/** What full access had in the programs' namespace and looking only has not. */
export const fullAccessParts: readonly Part[] = [
  { type: resources.deployments, name: names.syncer },
  { type: resources.services, name: names.syncerService },
  { type: resources.serviceaccounts, name: names.syncer },
  { type: resources.secrets, name: names.syncerTlsSecret },
  { type: resources.secrets, name: names.internalCaSecret },
  { type: resources.deployments, name: names.metricsServer },
  { type: resources.services, name: names.metricsServer },
  { type: resources.serviceaccounts, name: names.metricsServer },
];

/** Takes away what is left of full access; applying manifests does not. Never throws: the rights are gone already. */
export async function removeLeftovers(client: Client, logger: Logger): Promise<void> {
  const attempt = async (what: object, remove: () => Promise<unknown>): Promise<void> => {
    try {
      if (await remove()) logger.info(what, "Removed what full access had left");
    } catch (error) {
      if (!isKubeError(error, "notFound")) logger.warn({ ...what, error: String(error) }, "Could not remove");
    }
  };
  await attempt({ name: names.metricsServer }, () => removeMetricsServer(client, AbortSignal.timeout(apiServiceMs)));
  for (const { type, name, namespace = names.systemNamespace } of [...fullAccessParts, ...metricsServerBindings]) {
    const ref = { name, ...(type.namespaced && { namespace }) };
    await attempt({ kind: type.kind, name }, () => client.delete(type, ref, { propagation: "Background" }));
  }
}
