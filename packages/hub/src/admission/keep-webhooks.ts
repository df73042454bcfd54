import { fieldManagers } from "@inkube/api";
import { type Client, type Clock, isKubeError, type Logger, resources } from "@inkube/kube";
import type { HubSettings } from "../context.ts";
import type { AdmissionToken } from "./admission-token.ts";
import { type WebhookTarget, webhookConfigurations } from "./webhook-configuration.ts";

const lookMs = 30_000;
const againMs = 1000;

/**
 * Where the API server finds the hub. A certificate that somebody else gave is for the hub's public name and signed by who knows
 * whom, so then the API server goes to that name and trusts exactly that certificate.
 */
export function webhookTarget({ url, ca, certificate }: HubSettings): Omit<WebhookTarget, "token"> {
  if (ca !== undefined) return { ca };
  return { url, ...(certificate !== undefined && { ca: certificate }) };
}

/** Makes the configurations, and again whenever somebody took or changed them, until the signal is aborted. */
export async function keepWebhooks(options: {
  client: Client;
  target: Omit<WebhookTarget, "token">;
  token: AdmissionToken;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}): Promise<void> {
  const { client, target, token, clock, logger, signal } = options;
  while (!signal.aborted) {
    let pause = lookMs;
    try {
      for (const object of webhookConfigurations({ ...target, token: await token.read() })) {
        const type = Object.values(resources).find(({ kind }) => kind === object.kind);
        if (type) await client.apply(type, object, { fieldManager: fieldManagers.hub, force: true, signal });
      }
    } catch (error) {
      if (!isKubeError(error)) throw error;
      if (!signal.aborted) logger.warn({ error: error.message }, "Could not apply webhook configurations");
      pause = againMs;
    }
    await clock.sleep(pause, signal).catch(() => undefined);
  }
}
