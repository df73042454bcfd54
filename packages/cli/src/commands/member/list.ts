import { defineCommand } from "../../command.ts";
import { wholeHub } from "./whole-hub.ts";

export const memberList = defineCommand({
  name: "member list",
  summary: "List who has which role in a project, or in the whole hub",
  description: `Examples:
  inkube member list -n team-a
  inkube member list --whole-hub`,
  arguments: [],
  options: { "whole-hub": wholeHub },
  async run({ options }, context) {
    const { listMembers } = await import("../../actions/members.ts");
    await listMembers(options, context);
  },
});
