import { fieldManagers, names } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import { webhookConfiguration } from "../admission/webhook-configuration.ts";
import { probe, probeReason, webhookService } from "../admission/webhook-names.ts";

/** Puts the admission of Services in place, or back. */
export async function applyAdmission(client: Client, webhookCA: string, signal: AbortSignal): Promise<void> {
  const options = { fieldManager: fieldManagers.syncer, force: true, signal };
  await Promise.all([
    client.apply(resources.services, tunnelService(), options),
    client.apply(resources.mutatingwebhookconfigurations, webhookConfiguration(webhookCA), options),
  ]);
}

/**
 * Resolves once the API server really asks the syncer about Services; until then a tenant's Service would get an address that the
 * host did not give. Throws when it does not yet, with the API server's reason.
 */
export async function proveAdmission(client: Client, signal: AbortSignal): Promise<void> {
  const service: KubeObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...probe },
    spec: { ports: [{ port: 1 }] },
  };
  try {
    await client.create(resources.services, service, { dryRun: true, signal });
  } catch (error) {
    if (isKubeError(error) && error.reason === probeReason) return;
    throw error;
  }
  throw new Error("the API server does not ask about Services yet");
}

function tunnelService(): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...webhookService },
    spec: { type: "ExternalName", externalName: names.webhookHost },
  };
}
