import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const hostRemove = defineCommand({
  name: "host remove",
  summary: "Remove a host from the hub; its own workloads stay",
  description: `Example:
  inkube host remove edge-1`,
  arguments: [{ name: "name", description: "name of the host", required: true }],
  options: deleting,
  async run({ args, options }, context) {
    const { removeHost } = await import("../../actions/hosts.ts");
    await removeHost(args.name, options, context);
  },
});
