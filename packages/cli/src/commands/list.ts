import { defineCommand } from "../command.ts";
import { allProjects } from "./common-options.ts";

const phases = ["Pending", "Provisioning", "Ready", "Degraded", "Deleting", "Failed"] as const;

export const list = defineCommand({
  name: "list",
  summary: "List nested clusters",
  description: `Examples:
  inkube list -A --group europe --phase Degraded
  inkube list --label team=claims -o name`,
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
  },
  async run({ options }, context) {
    const { listClusters } = await import("../actions/list-clusters.ts");
    await listClusters(options, context);
  },
});
