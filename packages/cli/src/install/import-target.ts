import { AppError, names } from "@inkube/api";
import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { applyObjects } from "./apply-objects.ts";

/**
 * Who the cluster is, whatever its kubeconfig is called: the uid of its oldest namespace. Throws AppError HOST_UNSUITABLE for the
 * cluster that a hub itself runs on, which must not become a host of another; KubeError when it does not answer.
 */
export async function inspectTarget(target: Client, signal: AbortSignal): Promise<string> {
  const system = await target.get(resources.namespaces, { name: "kube-system" }, { signal });
  const ref = { namespace: names.systemNamespace, name: names.hubConnectionSecret };
  const connection = await target.get(resources.secrets, ref, { signal });
  const mode = (connection?.data as { mode?: string } | undefined)?.mode ?? "";
  if (Buffer.from(mode, "base64").toString() === "local") {
    throw new AppError("HOST_UNSUITABLE", "A hub runs on this cluster, which is its host already", {
      todo: "Leave its kubeconfig out.",
    });
  }
  return system?.metadata.uid ?? "";
}

/** Fields belong to whom they would by the printed command, so that either can come after the other. */
const fieldManager = "kubectl";

/** Applies what the import's command would, by the manifest at `url`. Throws AppError or KubeError. */
export async function applyImport(
  hub: HubClient,
  url: string,
  target: Client,
  { clock, signal }: Pick<CommandContext, "clock" | "signal">,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  // The hub's own name for itself may not be the one by which this machine reaches it.
  for await (const chunk of hub.stream(new URL(url).pathname, {})) chunks.push(chunk);
  await applyObjects(target, parseManifest(Buffer.concat(chunks).toString("utf8")), { clock, signal, fieldManager });
}

/** JSON documents in one YAML stream, as the hub writes them. */
function parseManifest(text: string): KubeObject[] {
  return text
    .split(/^---$/m)
    .filter((part) => part.trim() !== "")
    .map((part) => JSON.parse(part) as KubeObject);
}
