import type { Client } from "@inkube/kube";
import { readJson } from "./read-json.ts";

/** Version of the host's API server, `v1.34.4`. Throws KubeError. */
export async function hostVersion(client: Client, signal?: AbortSignal): Promise<string> {
  const { gitVersion } = await readJson<{ gitVersion?: string }>(client, "/version", signal);
  return gitVersion ?? "";
}
