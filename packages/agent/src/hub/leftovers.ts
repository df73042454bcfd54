import { names } from "@inkube/api";
import { type Client, isKubeError, type Logger, resources } from "@inkube/kube";
import type { Part } from "./uninstall.ts";

/** What full access had in the programs' namespace and looking only has not. */
export const fullAccessParts: readonly Part[] = [
  { type: resources.deployments, name: names.syncer },
  { type: resources.services, name: names.syncerService },
  { type: resources.serviceaccounts, name: names.syncer },
  { type: resources.secrets, name: names.syncerTlsSecret },
  { type: resources.secrets, name: names.internalCaSecret },
];

/** Takes away what is left of full access; applying manifests does not. Never throws: the rights are gone already. */
export async function removeLeftovers(client: Client, logger: Logger): Promise<void> {
  for (const { type, name } of fullAccessParts) {
    try {
      const found = await client.delete(
        type,
        { namespace: names.systemNamespace, name },
        { propagation: "Background" },
      );
      if (found) logger.info({ kind: type.kind, name }, "Removed what full access had left");
    } catch (error) {
      if (!isKubeError(error, "notFound"))
        logger.warn({ kind: type.kind, name, error: String(error) }, "Could not remove");
    }
  }
}
