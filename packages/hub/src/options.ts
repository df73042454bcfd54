import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { AppError, ports } from "@inkube/api";

/** What the program is told on its command line. */
export interface ProgramOptions {
  /** Absent: the pod's own service account. */
  kubeconfig?: string;
  /** `https://host:port` as people and agents reach it. */
  url: string;
  port: number;
  metricsPort: number;
  /** Where the history is; may hold a password. */
  storeUrl: string;
  /** File with the settings of OpenID Connect; it may be missing. */
  oidcConfig?: string;
  programImage: string;
  programPullPolicy?: "Always" | "IfNotPresent" | "Never";
  logLevel: string;
}

const logLevels = ["debug", "info", "warn", "error"];
const pullPolicies = ["Always", "IfNotPresent", "Never"] as const;

/** Reads the command line and the environment. Throws AppError USAGE that names the flag. */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv = process.env): ProgramOptions {
  const values = parse(args);
  const logLevel = values["log-level"] ?? "info";
  if (!logLevels.includes(logLevel)) {
    throw new AppError("USAGE", `--log-level ${logLevel} is none of ${logLevels.join(", ")}.`);
  }
  const policy = values["program-pull-policy"];
  const programPullPolicy = pullPolicies.find((known) => known === policy);
  if (policy !== undefined && !programPullPolicy) {
    throw new AppError("USAGE", `--program-pull-policy ${policy} is none of ${pullPolicies.join(", ")}.`);
  }
  return {
    url: readUrl(values.url),
    port: readPort("port", values.port, ports.hub),
    metricsPort: readPort("metrics-port", values["metrics-port"], ports.hubMetrics),
    storeUrl: readStore(values, env),
    programImage: values["program-image"] ?? "inkube",
    logLevel,
    ...(programPullPolicy && { programPullPolicy }),
    ...(values["oidc-config"] !== undefined && { oidcConfig: values["oidc-config"] }),
    ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
  };
}

/** A command line can be read by everybody on the node: a URL with a password is given by environment or file. */
function readStore(
  values: { store?: string; "store-file"?: string; "data-dir"?: string },
  env: NodeJS.ProcessEnv,
): string {
  const given = [values.store, values["store-file"] && fileText(values["store-file"]), env.INKUBE_STORE_URL?.trim()];
  return given.find((url) => url) ?? `sqlite:${join(values["data-dir"] ?? "/var/lib/inkube-hub", "history.db")}`;
}

function fileText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new AppError("USAGE", `--store-file ${path} cannot be read.`, { cause: error });
  }
}

function readUrl(text: string | undefined): string {
  const url = text === undefined ? null : URL.parse(text);
  if (url?.protocol !== "https:" || url.pathname !== "/" || url.search !== "" || url.username !== "") {
    throw new AppError("USAGE", "--url must be https://host or https://host:port, as people and agents reach the hub");
  }
  return url.origin;
}

function readPort(flag: string, text: string | undefined, otherwise: number): number {
  const port = Number(text ?? otherwise);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new AppError("USAGE", `--${flag} ${text} is not a port.`);
  return port;
}

function parse(args: readonly string[]) {
  const flag = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubeconfig: flag,
        url: flag,
        port: flag,
        "metrics-port": flag,
        "data-dir": flag,
        store: flag,
        "store-file": flag,
        "oidc-config": flag,
        "program-image": flag,
        "program-pull-policy": flag,
        "log-level": flag,
      },
    }).values;
  } catch (error) {
    throw new AppError("USAGE", error instanceof Error ? error.message : String(error), { cause: error });
  }
}
