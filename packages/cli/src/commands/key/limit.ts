import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const keyLimit = defineCommand({
  name: "key limit",
  summary: "Show or set how many API keys each user may have",
  description: `For administrators of the hub. Keys that are there stay when fewer are allowed.

Example:
  inkube key limit
  inkube key limit 5`,
  arguments: [{ name: "count", description: "how many, from 1 to 1000; without it nothing is set" }],
  options: { "dry-run": dryRun },
  async run({ args, options }, context) {
    const { limitKeys } = await import("../../actions/keys.ts");
    await limitKeys(args.count, options, context);
  },
});
