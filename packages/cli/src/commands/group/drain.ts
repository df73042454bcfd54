import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const groupDrain = defineCommand({
  name: "group drain",
  summary: "Place nothing new of a group on one of its hosts; what is there stays",
  description: `Other groups still use the host; inkube host drain is for all of them.

Example:
  inkube group drain europe edge-1`,
  arguments: [
    { name: "group", description: "name of the group", required: true },
    { name: "host", description: "host of the group", required: true },
  ],
  options: {
    undo: { kind: "boolean", description: "let it take the group's nested clusters again" },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { drainInGroup } = await import("../../actions/change-group.ts");
    await drainInGroup(args, options, context);
  },
});
