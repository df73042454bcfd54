import { type Client, type Clock, isKubeError, type KubeObject, type ObjectRef, type ResourceType } from "@inkube/kube";

const retryMs = 1000;

/**
 * Yields an object as it is now and again whenever it changes; undefined while it is not there.
 * Goes on through lost connections once the first answer came; ends only by its consumer or the signal.
 */
export async function* followObject(
  client: Client,
  type: ResourceType,
  ref: ObjectRef,
  options: { clock: Clock; signal: AbortSignal },
): AsyncGenerator<KubeObject | undefined> {
  const { clock, signal } = options;
  const scope = {
    fieldSelector: `metadata.name=${ref.name}`,
    signal,
    ...(ref.namespace !== undefined && { namespace: ref.namespace }),
  };
  let answered = false;
  for (;;) {
    try {
      const list = await client.list(type, scope);
      answered = true;
      yield list.items[0];
      for await (const event of client.watch(type, { ...scope, resourceVersion: list.resourceVersion })) {
        if (event.type === "BOOKMARK" || event.object.metadata.name !== ref.name) continue;
        yield event.type === "DELETED" ? undefined : event.object;
      }
    } catch (error) {
      if (!answered || signal.aborted || !isTemporary(error)) throw error;
      await clock.sleep(retryMs, signal);
    }
  }
}

function isTemporary(error: unknown): boolean {
  return isKubeError(error, "unreachable", "gone", "throttled", "timeout", "server");
}
