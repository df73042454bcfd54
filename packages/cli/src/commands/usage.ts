import { defineCommand } from "../command.ts";
import { allProjects, period } from "./common-options.ts";

export const usage = defineCommand({
  name: "usage",
  summary: "Show what nested clusters used, summed up",
  description: `Of a hub, which keeps it hour by hour; -o json prints every hour. Without a period: of the last day.

Examples:
  inkube usage -A --since 30d
  inkube usage team-a --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z -o json`,
  arguments: [{ name: "name", description: "name of the nested cluster (default: all)", complete: "cluster" }],
  options: {
    "all-projects": allProjects,
    host: { kind: "string", placeholder: "NAME", description: "only on this host" },
    ...period,
  },
  async run({ args, options }, context) {
    const { showUsageOfClusters } = await import("../actions/usage.ts");
    await showUsageOfClusters(args.name, options, context);
  },
});
