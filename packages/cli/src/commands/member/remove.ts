import { defineCommand } from "../../command.ts";
import { deleting } from "../common-options.ts";
import { isGroup, wholeHub } from "./whole-hub.ts";

export const memberRemove = defineCommand({
  name: "member remove",
  summary: "Take the role of a user or group",
  description: `Example:
  inkube member remove oidc:ann@example.com -n team-a`,
  arguments: [{ name: "name", description: "user, or group with --group", required: true }],
  options: { group: isGroup, "whole-hub": wholeHub, ...deleting },
  async run({ args, options }, context) {
    const { removeMember } = await import("../../actions/members.ts");
    await removeMember(args.name, options, context);
  },
});
