import { names } from "@inkube/api";
import { type Client, isKubeError, type Logger, resources } from "@inkube/kube";
import { removeMetricsServer } from "../metrics-server/keep-metrics-server.ts";
import { metricsServerParts, type Part, unlessNotOurs } from "./uninstall.ts";

const metricsServerMs = 60_000;

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

/**
 * Takes away what is left of full access; applying manifests does not. True when nothing is left that could be removed. Never throws.
 */
export async function removeLeftovers(client: Client, logger: Logger): Promise<boolean> {
  const attempt = async (what: object, remove: () => Promise<unknown>): Promise<boolean> => {
    try {
      if (await remove()) logger.info(what, "Removed what full access had left");
      return true;
    } catch (error) {
      if (isKubeError(error, "notFound")) return true;
      logger.warn({ ...what, error: String(error) }, "Could not remove");
      return isKubeError(error, "forbidden");
    }
  };
  const patience = AbortSignal.timeout(metricsServerMs);
  // While the host is led to the metrics server it must be there: else no namespace could be deleted.
  const isGone = await attempt({ name: names.metricsServer }, () =>
    removeMetricsServer(client, patience).catch(unlessNotOurs),
  );
  if (!isGone) return false;
  let isAll = true;
  for (const { type, name, namespace = names.systemNamespace } of [...fullAccessParts, ...metricsServerParts]) {
    const ref = { name, ...(type.namespaced && { namespace }) };
    const done = await attempt({ kind: type.kind, name }, () =>
      client.delete(type, ref, { propagation: "Background" }),
    );
    isAll &&= done;
  }
  return isAll;
}
