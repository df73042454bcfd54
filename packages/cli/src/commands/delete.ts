import { defineCommand } from "../command.ts";
import { deleting } from "./common-options.ts";

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
    ...deleting,
  },
  async run({ args, options }, context) {
    const { deleteClusters } = await import("../actions/delete-clusters.ts");
    await deleteClusters(args.names, options, context);
  },
});
