import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const keyRevoke = defineCommand({
  name: "key revoke",
  summary: "Revoke one of your API keys, at once",
  description: `Example:
  inkube key revoke abcdefghij234567`,
  arguments: [{ name: "id", description: "as inkube key list shows it", required: true }],
  options: { "dry-run": dryRun },
  async run({ args, options }, context) {
    const { revokeKey } = await import("../../actions/keys.ts");
    await revokeKey(args.id, options, context);
  },
});
