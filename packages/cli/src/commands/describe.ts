import { defineCommand } from "../command.ts";

export const describeCommand = defineCommand({
  name: "describe",
  summary: "Show everything about a nested cluster as a tree: conditions, control plane, endpoint, use, events",
  description: `Of the quotas it shows the cluster's size and what is nearly used up; -o wide shows all.

Example:
  inkube describe team-a -o wide`,
  arguments: [{ name: "name", description: "name of the nested cluster", required: true, complete: "cluster" }],
  options: {},
  async run({ args }, context) {
    const { describeCluster } = await import("../actions/describe-cluster.ts");
    await describeCluster(args.name, context);
  },
});
