import { type Client, KubeError } from "@inkube/kube";

/** The JSON at a path outside of resources, such as `/version` and `/apis`. Throws KubeError. */
export async function readJson<T>(client: Client, path: string, signal?: AbortSignal): Promise<T> {
  const answer = await client.raw({ method: "GET", path, ...(signal && { signal }) });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  if (answer.status !== 200) {
    const code = answer.status === 404 ? "notFound" : "server";
    throw new KubeError({ code, status: answer.status, message: `GET ${path} answered ${answer.status}` });
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as T;
}
