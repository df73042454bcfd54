import { givenFields } from "../clusters/given-fields.ts";
import { onOrOff } from "./on-or-off.ts";

/** What the command line says of a host's metrics server. */
export interface MetricsServerFlags {
  "metrics-server": string | undefined;
  "kubelet-insecure-tls": string | undefined;
}

/** `spec.metricsServer` of a HostCluster; undefined when nothing was said. Throws AppError USAGE. */
export function metricsServerOf(flags: MetricsServerFlags): object | undefined {
  const isWanted = onOrOff("metrics-server", flags["metrics-server"]);
  const install = isWanted === undefined ? undefined : isWanted ? "IfMissing" : "Never";
  return givenFields({
    install,
    kubeletInsecureTLS: onOrOff("kubelet-insecure-tls", flags["kubelet-insecure-tls"]),
  });
}
