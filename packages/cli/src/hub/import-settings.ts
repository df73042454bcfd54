import { readFile } from "node:fs/promises";
import { AppError } from "@inkube/api";
import { givenFields } from "../clusters/given-fields.ts";
import { type MetricsServerFlags, metricsServerOf } from "./metrics-server.ts";

/** What the command line says of a host that is imported. */
export interface ImportFlags extends MetricsServerFlags {
  access: string | undefined;
  endpoint: string | undefined;
  domain: string | undefined;
  distro: string | undefined;
  "https-proxy": string | undefined;
  "no-proxy": string | undefined;
  "proxy-ca-file": string | undefined;
}

export interface ImportSettings {
  /** Of the HostCluster; what is absent stays as it is. */
  spec: object;
  /** How its agent gets out. */
  proxy: object;
}

/** Throws AppError USAGE for what cannot be meant; the hub judges the rest. */
export async function readImportSettings(flags: ImportFlags): Promise<ImportSettings> {
  const { access, endpoint, domain, distro } = flags;
  if (access !== undefined && access !== "full" && access !== "read-only") {
    throw new AppError("USAGE", `--access ${access} is not an access mode`, { todo: "Use full or read-only." });
  }
  const nesting = endpoint === undefined ? undefined : true;
  const spec = givenFields({
    access,
    nesting: access === "read-only" ? (nesting ?? false) : nesting,
    endpoint: givenFields({ type: endpoint, domain }),
    defaultDistro: distro,
    metricsServer: metricsServerOf(flags),
  });
  const file = flags["proxy-ca-file"];
  const ca = file === undefined ? undefined : await readAuthority(file);
  const proxy = givenFields({ httpsProxy: flags["https-proxy"], noProxy: flags["no-proxy"], ca });
  return { spec: spec ?? {}, proxy: proxy ?? {} };
}

function readAuthority(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new AppError("USAGE", `--proxy-ca-file ${path} cannot be read: ${error.code}`, { cause: error });
  });
}
