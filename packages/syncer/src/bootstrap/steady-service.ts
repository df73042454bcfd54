import { fieldManagers } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";

/**
 * Makes a Service be there with the ClusterIP of `wanted`. An address cannot change, so one with another address is deleted
 * (by uid) and made anew; a race with whoever else makes it ends in an error, which is to be retried. Nothing is written when
 * it is already right; `heal` also applies the other fields.
 */
export async function ensureService(
  client: Client,
  wanted: KubeObject,
  options: { heal: boolean; signal: AbortSignal },
): Promise<void> {
  const { signal } = options;
  const { name, namespace = "" } = wanted.metadata;
  const ref = { name, namespace };
  const existing = await client.get(resources.services, ref, { signal });
  if (existing && clusterIP(existing) === clusterIP(wanted)) {
    if (options.heal) await apply(client, wanted, signal);
    return;
  }
  const uid = existing?.metadata.uid;
  if (uid !== undefined) await client.delete(resources.services, ref, { uid, signal });
  await apply(client, wanted, signal);
}

/** Creates what is missing and leaves alone what is there. */
export async function createOnce(
  client: Client,
  type: Parameters<Client["create"]>[0],
  object: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.create(type, object, { fieldManager: fieldManagers.syncer, signal });
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
  }
}

async function apply(client: Client, service: KubeObject, signal: AbortSignal): Promise<void> {
  await client.apply(resources.services, service, { fieldManager: fieldManagers.syncer, force: true, signal });
}

function clusterIP(service: KubeObject): string {
  return (service.spec as { clusterIP?: string } | undefined)?.clusterIP ?? "";
}
