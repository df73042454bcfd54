import type { Readable } from "node:stream";
import { AppError } from "@inkube/api";
import { serializeKubeconfig } from "@inkube/kube";
import { parse } from "yaml";
import { z } from "zod";

const mostBytes = 256 * 1024;

const pem = (kind: string) =>
  z
    .base64()
    .transform((text) => Buffer.from(text, "base64").toString("utf8"))
    .refine((text) => text.startsWith(`-----BEGIN ${kind}-----\n`) && !/[^\n\x20-\x7e]/.test(text));

const server = z
  .string()
  .max(512)
  .refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" && url.username === "" && url.password === "";
  });

const shape = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server, "certificate-authority-data": pem("CERTIFICATE") }) })]),
  users: z.tuple([
    z.object({
      user: z.object({
        "client-certificate-data": pem("CERTIFICATE"),
        "client-key-data": z.union([pem("PRIVATE KEY"), pem("EC PRIVATE KEY")]),
      }),
    }),
  ]),
});

/**
 * The kubeconfig of a nested cluster's endpoint, of what its host sent. Agents are not trusted, and kubectl runs programs and reads
 * files that a kubeconfig names: address, authority and client certificate are taken out and written anew. Throws AppError.
 */
export function endpointKubeconfig(text: string, name: string): string {
  const read = shape.safeParse(parsed(text)).data;
  if (!read) throw new AppError("KUBE_SERVER", "The host sent a kubeconfig that cannot be used", { todo });
  const [{ cluster }] = read.clusters;
  const [{ user }] = read.users;
  return serializeKubeconfig({
    name,
    server: cluster.server,
    ca: cluster["certificate-authority-data"],
    cert: user["client-certificate-data"],
    key: user["client-key-data"],
  });
}

const todo = "Use --via hub, and look at the agent of the host.";

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** Reads so much of a host's answer and no more. Throws AppError. */
export async function readBounded(body: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > mostBytes) throw new AppError("KUBE_SERVER", "The host sent more than a kubeconfig ever is", { todo });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
