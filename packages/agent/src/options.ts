import { parseArgs } from "node:util";
import { AppError, ports } from "@inkube/api";

/** What the program is told on its command line. */
export interface ProgramOptions {
  /** Absent: the pod's own service account. */
  kubeconfig?: string;
  context?: string;
  programImage: string;
  programPullPolicy?: string;
  port: number;
  logLevel: string;
  leaderElection: boolean;
  /** What the agent may do on its host. */
  access: "full" | "read-only";
  dnsServers: string[];
}

const logLevels = ["debug", "info", "warn", "error"];

/** Reads the command line. Throws AppError USAGE that names the flag. */
export function readOptions(args: readonly string[]): ProgramOptions {
  const values = parse(args);
  const port = Number(values.port ?? ports.agentMetrics);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new AppError("USAGE", `--port ${values.port} is not a port.`);
  const logLevel = values["log-level"] ?? "info";
  if (!logLevels.includes(logLevel))
    throw new AppError("USAGE", `--log-level ${logLevel} is none of ${logLevels.join(", ")}.`);
  return {
    programImage: values["program-image"] ?? "inkube",
    port,
    logLevel,
    access: readAccess(values.access),
    dnsServers: values["dns-server"] ?? [],
    leaderElection: values["leader-election"] !== "false",
    ...(values.kubeconfig !== undefined && { kubeconfig: values.kubeconfig }),
    ...(values.context !== undefined && { context: values.context }),
    ...(values["program-pull-policy"] !== undefined && { programPullPolicy: values["program-pull-policy"] }),
  };
}

function readAccess(text = "full"): ProgramOptions["access"] {
  if (text === "full" || text === "read-only") return text;
  throw new AppError("USAGE", `--access ${text} is neither full nor read-only.`);
}

function parse(args: readonly string[]) {
  const flag = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        kubeconfig: flag,
        context: flag,
        "program-image": flag,
        "program-pull-policy": flag,
        port: flag,
        "log-level": flag,
        "leader-election": flag,
        access: flag,
        "dns-server": { type: "string", multiple: true },
      },
    }).values;
  } catch (error) {
    throw new AppError("USAGE", error instanceof Error ? error.message : String(error), { cause: error });
  }
}
