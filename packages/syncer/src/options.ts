import { parseArgs } from "node:util";
import { AppError } from "@inkube/api";

/** What the syncer is told on its command line; each flag can also be an environment variable `INKUBE_<FLAG>`. */
export interface SyncerOptions {
  /** Serve this nested cluster only (`project/name`), without competing for the Lease. */
  only: { project: string; name: string } | undefined;
  /** Path of the host's kubeconfig; absent inside a pod. */
  kubeconfig: string | undefined;
  tlsDir: string;
  listen: string;
  tunnelPort: number;
  /** Address for health and metrics, for which kubelet and monitoring come from outside; by default the tunnel's. */
  metricsListen: string;
  metricsPort: number;
  dnsImage: string;
  dnsForward: string | undefined;
  /** Accept any serving certificate of the host's kubelets. */
  kubeletInsecureTls: boolean;
  /** Namespace of the Lease. */
  namespace: string | undefined;
  logLevel: string;
}

const flags = {
  cluster: { type: "string" },
  kubeconfig: { type: "string" },
  "tls-dir": { type: "string", default: "/var/run/inkube/tls" },
  listen: { type: "string", default: "0.0.0.0" },
  "tunnel-port": { type: "string", default: "8443" },
  "metrics-listen": { type: "string" },
  "metrics-port": { type: "string", default: "9443" },
  "dns-image": { type: "string", default: "registry.k8s.io/coredns/coredns:v1.12.4" },
  "dns-forward": { type: "string" },
  "kubelet-insecure-tls": { type: "string", default: "false" },
  namespace: { type: "string" },
  "log-level": { type: "string", default: "info" },
} as const;

const logLevels = ["debug", "info", "warn", "error"];

/** Reads flags, then environment, then defaults. Throws AppError USAGE that names the flag. */
export function readOptions(args: string[], env: Record<string, string | undefined>): SyncerOptions {
  const given = parse(args);
  const value = (flag: keyof typeof flags): string | undefined => {
    return given[flag] ?? env[`INKUBE_${flag.toUpperCase().replaceAll("-", "_")}`] ?? defaultOf(flag);
  };
  return {
    only: readCluster(value("cluster")),
    kubeconfig: value("kubeconfig"),
    tlsDir: value("tls-dir") ?? "",
    listen: value("listen") ?? "",
    tunnelPort: readPort("tunnel-port", value("tunnel-port")),
    metricsListen: value("metrics-listen") ?? value("listen") ?? "",
    metricsPort: readPort("metrics-port", value("metrics-port")),
    dnsImage: value("dns-image") ?? "",
    dnsForward: value("dns-forward"),
    kubeletInsecureTls: value("kubelet-insecure-tls") === "true",
    namespace: value("namespace"),
    logLevel: readLogLevel(value("log-level")),
  };
}

function parse(args: string[]): Record<string, string | undefined> {
  try {
    return parseArgs({ args, options: withoutDefaults(), strict: true }).values as Record<string, string | undefined>;
  } catch (error) {
    throw new AppError("USAGE", error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function defaultOf(flag: keyof typeof flags): string | undefined {
  const definition: { type: "string"; default?: string } = flags[flag];
  return definition.default;
}

function withoutDefaults(): Record<string, { type: "string" }> {
  return Object.fromEntries(Object.keys(flags).map((flag) => [flag, { type: "string" }]));
}

function readCluster(text: string | undefined): SyncerOptions["only"] {
  if (text === undefined || text === "") return undefined;
  const [project, name, ...rest] = text.split("/");
  if (!project || !name || rest.length > 0) throw new AppError("USAGE", `--cluster: write project/name, not ${text}`);
  return { project, name };
}

function readPort(flag: string, text: string | undefined): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new AppError("USAGE", `--${flag}: ${text} is not a port`);
}

function readLogLevel(text = "info"): string {
  if (logLevels.includes(text)) return text;
  throw new AppError("USAGE", `--log-level: ${text} is none of ${logLevels.join(", ")}`);
}
