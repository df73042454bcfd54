import { defineCommand } from "../../command.ts";

export const sessionList = defineCommand({
  name: "session list",
  summary: "List your sessions; administrators of the hub see everybody's",
  description: `Example:
  inkube session list`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { listSessions } = await import("../../actions/sessions.ts");
    await listSessions(context);
  },
});
