import { defineCommand } from "../command.ts";
import { allProjects } from "./common-options.ts";

const phases = ["Pending", "Provisioning", "Ready", "Degraded", "Deleting", "Failed"] as const;

export const list = defineCommand({
  name: "list",
  summary: "List nested clusters",
  description: `Examples:
  inkube list -A --group europe --phase Degraded
  inkube list --label team=claims -o name
  inkube list -A --watch`,
  arguments: [],
  options: {
    "all-projects": allProjects,
    host: { kind: "string", placeholder: "NAME", description: "only on this host" },
    group: { kind: "string", placeholder: "NAME", description: "only of this cluster group" },
    phase: { kind: "string", description: `only in this phase: ${phases.join(", ")}`, complete: phases },
    label: {
      kind: "string",
      short: "l",
      placeholder: "LABELS",
      description: "only with these labels: key=value, key!=value, key, !key, joined by commas",
    },
    watch: { kind: "boolean", short: "w", description: "go on with every change, until you stop it (hub)" },
  },
  async run({ options: { watch, ...flags } }, context) {
    if (watch) {
      const { watchClusters } = await import("../actions/watch-clusters.ts");
      return watchClusters(flags, context);
    }
    const { listClusters } = await import("../actions/list-clusters.ts");
    await listClusters(flags, context);
  },
});
