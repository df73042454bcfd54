import { AppError, fieldManagers, hostClusters, nestedClusters } from "@inkube/api";
import {
  apiVersionOf,
  type Client,
  type Clock,
  isKubeError,
  type KubeObject,
  type ResourceType,
  resources,
} from "@inkube/kube";

const knownTypes: readonly ResourceType[] = [...Object.values(resources), hostClusters, nestedClusters];
const retryMs = 500;
const maxTries = 20;

/** Where an object of a known kind is served. Throws AppError INTERNAL for any other. */
export function typeOf(object: KubeObject): ResourceType {
  const found = knownTypes.find((type) => type.kind === object.kind && apiVersionOf(type) === object.apiVersion);
  if (!found) throw new AppError("INTERNAL", `${object.apiVersion} ${object.kind} is not a known kind`);
  return found;
}

/**
 * Applies objects in order, taking over fields from whoever holds them; unchanged objects stay as they are.
 * A kind whose definition was applied a moment ago may not be served yet, so what is not found is tried again.
 */
export async function applyObjects(
  host: Client,
  objects: readonly KubeObject[],
  {
    clock,
    signal,
    fieldManager = fieldManagers.cli,
  }: { clock: Clock; signal: AbortSignal; fieldManager?: string | undefined },
): Promise<void> {
  for (const object of objects) {
    const type = typeOf(object);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await host.apply(type, object, { fieldManager, force: true, signal });
        break;
      } catch (error) {
        if (attempt === maxTries || !isKubeError(error, "notFound", "conflict", "unreachable")) throw error;
        await clock.sleep(retryMs, signal);
      }
    }
  }
}
