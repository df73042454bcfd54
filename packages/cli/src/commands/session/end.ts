import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";

export const sessionEnd = defineCommand({
  name: "session end",
  summary: "End a session at once, whatever it has open",
  description: `Example:
  inkube session end abcdefghij234567`,
  arguments: [{ name: "id", description: "as inkube session list shows it", required: true }],
  options: deleting,
  async run({ args, options }, context) {
    const { endSession } = await import("../../actions/sessions.ts");
    await endSession(args.id, options, context);
  },
});
