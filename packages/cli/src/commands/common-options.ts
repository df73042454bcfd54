import type { OptionSpec } from "../command.ts";

/** Options that several commands have, in the same words. */
export const dryRun = {
  kind: "boolean",
  description: "only check: what would be refused is refused, nothing is changed",
} as const satisfies OptionSpec;

export const yes = { kind: "boolean", short: "y", description: "do not ask" } as const satisfies OptionSpec;

export const endpointTypes = ["ClusterIP", "NodePort", "LoadBalancer", "Ingress", "Gateway", "Hub"] as const;
