import { X509Certificate } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@inkube/api";
import { proxyExceptions } from "./proxy-exceptions.ts";

/** How the agent gets out where there is a proxy in between. */
export interface ProxySettings {
  /** The proxy to use for an address; undefined when the way is direct. */
  proxyFor(url: string): string | undefined;
  /** Authorities to trust beside the hub's own, one PEM each: of the proxy, and of what it signs when it looks into TLS. */
  authorities: readonly string[];
}

/** Variable with the folder of the proxy's authorities. */
const folderVariable = "INKUBE_PROXY_CA_DIR";

/**
 * As other programs do: HTTPS_PROXY and NO_PROXY, in either case; every *.crt and *.pem of INKUBE_PROXY_CA_DIR. Throws AppError
 * USAGE that names the variable.
 */
export async function readProxySettings(env: Readonly<Record<string, string | undefined>>): Promise<ProxySettings> {
  const proxy = env.HTTPS_PROXY ?? env.https_proxy ?? "";
  const url = proxy === "" ? undefined : proxyUrl(proxy);
  const isDirect = proxyExceptions(env.NO_PROXY ?? env.no_proxy ?? "");
  const folder = env[folderVariable];
  return {
    proxyFor: (address) => (url && !isDirect(address) ? url : undefined),
    authorities: folder ? await readAuthorities(folder) : [],
  };
}

function proxyUrl(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url && /^https?:$/.test(url.protocol)) return url.href;
  // Without the value, which may hold a password.
  throw new AppError("USAGE", "HTTPS_PROXY is not an address", { todo: "Write http://host:port." });
}

async function readAuthorities(folder: string): Promise<string[]> {
  const failed = (path: string) => (error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `${folderVariable}: ${path} cannot be read: ${error.code ?? error.message}`);
  };
  const names = (await readdir(folder).catch(failed(folder))).filter((name) => /\.(crt|pem)$/.test(name)).sort();
  const read = async (name: string): Promise<string[]> => {
    const path = join(folder, name);
    const text = await readFile(path, "utf8").catch(failed(path));
    try {
      return (text.match(certificate) ?? []).map((pem) => new X509Certificate(pem).toString());
    } catch {
      throw new AppError("USAGE", `${folderVariable}: ${path} holds something that is no certificate`);
    }
  };
  return (await Promise.all(names.map(read))).flat();
}

const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
