import type { OptionSpec } from "../command.ts";

/** Options that several commands have, in the same words. */
export const dryRun = {
  kind: "boolean",
  description: "only check: what would be refused is refused, nothing is changed",
} as const satisfies OptionSpec;

export const yes = { kind: "boolean", short: "y", description: "do not ask" } as const satisfies OptionSpec;

/** Of commands that delete something. */
export const deleting = { yes, "dry-run": dryRun } as const satisfies Record<string, OptionSpec>;

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

/** How large a nested cluster is. */
export const size = {
  cpu: { kind: "string", placeholder: "QUANTITY", description: "CPU that all pods together may ask for" },
  memory: { kind: "string", placeholder: "QUANTITY", description: "memory that all pods together may ask for" },
  storage: { kind: "string", placeholder: "QUANTITY", description: "storage that all volume claims may ask for" },
  pods: { kind: "integer", placeholder: "N", description: "number of pods" },
} as const satisfies Record<string, OptionSpec>;

/** How a nested cluster is run; what can be changed later. */
export const running = {
  endpoint: {
    kind: "string",
    placeholder: "TYPE",
    description: `how people reach it: ${endpointTypes.join(", ")}`,
    complete: endpointTypes,
  },
  syncer: {
    kind: "string",
    placeholder: "MODE",
    description: "shared with other nested clusters, or dedicated",
    complete: ["shared", "dedicated"],
  },
  "pod-security": {
    kind: "string",
    placeholder: "LEVEL",
    description: "Pod Security level: privileged, baseline, restricted",
    complete: ["privileged", "baseline", "restricted"],
  },
} as const satisfies Record<string, OptionSpec>;

/** Limits of a cluster group. */
export const groupLimits = {
  limit: {
    kind: "list",
    placeholder: "RESOURCE=AMOUNT",
    description: "most of one nested cluster: cpu, memory, storage",
  },
  minimum: { kind: "list", placeholder: "RESOURCE=AMOUNT", description: "least of one nested cluster" },
} as const satisfies Record<string, OptionSpec>;
