import { type Client, KubeError } from "@inkube/kube";

/** Version of the host's API server, `v1.34.4`. Throws KubeError. */
export async function hostVersion(client: Client, signal?: AbortSignal): Promise<string> {
  const answer = await client.raw({ method: "GET", path: "/version", ...(signal && { signal }) });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  if (answer.status !== 200) {
    throw new KubeError({ code: "server", status: answer.status, message: `GET /version answered ${answer.status}` });
  }
  const { gitVersion } = JSON.parse(Buffer.concat(chunks).toString()) as { gitVersion?: string };
  return gitVersion ?? "";
}
