import {
  apiVersionOf,
  type Client,
  type Clock,
  isKubeError,
  type KubeObject,
  type ResourceType,
  resources,
} from "@inkube/kube";
import { HostError } from "../host-error.ts";

const fieldManager = "inkube-host";
const retryMs = 200;
const maxTries = 50;

export interface InstallOptions {
  clock: Clock;
  signal?: AbortSignal;
}

/**
 * Applies the host's own objects; those that are right already stay as they are. An API server that has just become
 * ready may still be making its namespaces, so what is not found is tried again for ten seconds.
 */
export async function installAddons(client: Client, objects: readonly KubeObject[], options: InstallOptions) {
  const namespaces = objects.filter((object) => object.kind === "Namespace");
  await Promise.all(namespaces.map((object) => applyOne(client, object, options)));
  const others = objects.filter((object) => object.kind !== "Namespace");
  await Promise.all(others.map((object) => applyOne(client, object, options)));
}

async function applyOne(client: Client, object: KubeObject, { clock, signal }: InstallOptions): Promise<void> {
  const type = typeOf(object);
  const abort = signal === undefined ? {} : { signal };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.apply(type, object, { fieldManager, force: true, ...abort });
      return;
    } catch (error) {
      if (attempt === maxTries || !isKubeError(error, "notFound", "forbidden", "server", "unreachable")) throw error;
      await clock.sleep(retryMs, signal);
    }
  }
}

function typeOf(object: KubeObject): ResourceType {
  const types: readonly ResourceType[] = Object.values(resources);
  const found = types.find((type) => type.kind === object.kind && apiVersionOf(type) === object.apiVersion);
  if (found === undefined) throw new HostError("commandFailed", `${object.apiVersion} ${object.kind} is not known`);
  return found;
}
