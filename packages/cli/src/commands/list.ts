import { defineCommand } from "../command.ts";

export const list = defineCommand({
  name: "list",
  summary: "List nested clusters",
  arguments: [],
  options: { "all-projects": { kind: "boolean", short: "A", description: "of every project" } },
  async run({ options }, context) {
    const { listClusters } = await import("../actions/list-clusters.ts");
    await listClusters(options["all-projects"], context);
  },
});
