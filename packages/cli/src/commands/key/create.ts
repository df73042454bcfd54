import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const keyCreate = defineCommand({
  name: "key create",
  summary: "Make an API key for yourself; it is shown once",
  description: `Example:
  inkube key create ci --days 30`,
  arguments: [{ name: "name", description: "what you call it", required: true }],
  options: {
    days: { kind: "integer", default: 90, description: "until it expires" },
    description: { kind: "string", placeholder: "TEXT", description: "what it is for" },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { createKey } = await import("../../actions/keys.ts");
    await createKey(args.name, options, context);
  },
});
