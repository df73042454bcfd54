import { defineCommand } from "../command.ts";

export const deleteCommand = defineCommand({
  name: "delete",
  summary: "Delete nested clusters with everything in them",
  description: `Example:
  inkube delete team-a trial --yes`,
  arguments: [
    { name: "names", description: "names of nested clusters", required: true, variadic: true, complete: "cluster" },
  ],
  options: {
    wait: { kind: "boolean", negatable: true, default: true, description: "do not wait until nothing is left" },
    timeout: { kind: "duration", default: "5m", description: "how long to wait for each" },
    yes: { kind: "boolean", short: "y", description: "do not ask" },
  },
  async run({ args, options }, context) {
    const { deleteClusters } = await import("../actions/delete-clusters.ts");
    await deleteClusters(args.names, options, context);
  },
});
