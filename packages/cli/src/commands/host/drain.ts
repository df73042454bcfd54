import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const hostDrain = defineCommand({
  name: "host drain",
  summary: "Place nothing new on a host; what is there stays",
  description: `Examples:
  inkube host drain edge-1
  inkube host drain edge-1 --undo`,
  arguments: [{ name: "name", description: "name of the host", required: true }],
  options: { undo: { kind: "boolean", description: "let it take nested clusters again" }, "dry-run": dryRun },
  async run({ args, options }, context) {
    const { setDraining } = await import("../../actions/hosts.ts");
    await setDraining(args.name, options, context);
  },
});
