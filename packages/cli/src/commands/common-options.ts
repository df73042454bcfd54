import type { OptionSpec } from "../command.ts";

/** Options that several commands have, in the same words. */
export const dryRun = {
  kind: "boolean",
  description: "only check: what would be refused is refused, nothing is changed",
} as const satisfies OptionSpec;

export const yes = { kind: "boolean", short: "y", description: "do not ask" } as const satisfies OptionSpec;

export const endpointTypes = ["ClusterIP", "NodePort", "LoadBalancer", "Ingress", "Gateway", "Hub"] as const;

export const allProjects = {
  kind: "boolean",
  short: "A",
  description: "of every project",
} as const satisfies OptionSpec;

/** What period is meant. */
export const period = {
  since: { kind: "duration", description: "only what is younger than this" },
  from: { kind: "string", placeholder: "TIME", description: "not before this time, such as 2026-01-31T12:00:00Z" },
  to: { kind: "string", placeholder: "TIME", description: "before this time" },
} as const satisfies Record<string, OptionSpec>;
