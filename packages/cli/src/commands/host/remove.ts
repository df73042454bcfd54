import { defineCommand } from "../../command.ts";

export const hostRemove = defineCommand({
  name: "host remove",
  summary: "Remove a host from the hub; its own workloads stay",
  description: `Example:
  inkube host remove edge-1`,
  arguments: [{ name: "name", description: "name of the host", required: true }],
  options: { yes: { kind: "boolean", short: "y", description: "do not ask" } },
  async run({ args, options }, context) {
    const { removeHost } = await import("../../actions/hosts.ts");
    await removeHost(args.name, options, context);
  },
});
