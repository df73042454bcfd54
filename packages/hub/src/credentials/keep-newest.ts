import { AppError } from "@inkube/api";
import { type Client, isHeld, type KubeObject, resources } from "@inkube/kube";
import { credentialNamespace, idempotencyLabel } from "./credential.ts";

/**
 * Leaves one credential of a create that was sent more than once: the newest, because the tokens of the others may never have
 * arrived. Resolves with the names of the Secrets that went. Throws AppError KUBE_CONFLICT when a newer one is there: the same
 * create has been sent again meanwhile, and that request tells a token.
 */
export async function keepNewest(client: Client, made: KubeObject, mark: string): Promise<string[]> {
  const where = { namespace: credentialNamespace, labelSelector: `${idempotencyLabel}=${mark}` };
  const { items } = await client.list(resources.secrets, where);
  const others = items.filter(({ metadata }) => metadata.uid !== made.metadata.uid);
  const isOvertaken = others.some((other) => !isHeld(versionOf(other), versionOf(made)));
  // The newest must find itself alone, whichever of the two comes first.
  const leaving = isOvertaken ? [made] : others;
  for (const { metadata } of leaving) {
    const uid = metadata.uid ?? "";
    await client.delete(resources.secrets, { namespace: credentialNamespace, name: metadata.name }, { uid });
  }
  if (!isOvertaken) return leaving.map(({ metadata }) => metadata.name);
  throw new AppError("KUBE_CONFLICT", "The same request has been sent again meanwhile", {
    todo: "Take the answer of the later one.",
  });
}

function versionOf({ metadata }: KubeObject): string {
  return metadata.resourceVersion ?? "";
}
