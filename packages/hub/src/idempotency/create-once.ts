import { annotations, fieldManagers } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, type ResourceType } from "@inkube/kube";
import { withMark } from "./mark.ts";

/** What was asked for, and whether it was this request that made it. */
export interface Created {
  object: KubeObject;
  fresh: boolean;
}

/**
 * Creates an object, or finds the one that the same create made before. Throws KubeError `alreadyExists` for one that another
 * create made.
 */
export async function createOnce(
  client: Client,
  type: ResourceType,
  object: KubeObject,
  { dryRun, mark }: { dryRun: boolean; mark: string | undefined },
): Promise<Created> {
  try {
    const marked = withMark(object, mark);
    return { object: await client.create(type, marked, { dryRun, fieldManager: fieldManagers.hub }), fresh: true };
  } catch (error) {
    if (mark === undefined || !isKubeError(error, "alreadyExists")) throw error;
    const { name, namespace } = object.metadata;
    const there = await client.get(type, { name, ...(namespace !== undefined && { namespace }) });
    if (there?.metadata.annotations?.[annotations.idempotencyKey] !== mark) throw error;
    return { object: there, fresh: false };
  }
}
