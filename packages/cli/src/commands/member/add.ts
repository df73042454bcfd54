import { defineCommand } from "../../command.ts";
import { hubRoles, projectRoles } from "../../hub/roles.ts";
import { dryRun } from "../common-options.ts";
import { isGroup, wholeHub } from "./whole-hub.ts";

export const memberAdd = defineCommand({
  name: "member add",
  summary: "Give a user or group a role, in place of the one that the hub gave before",
  description: `Roles in a project: ${projectRoles.join(", ")}.
Roles in the whole hub: ${hubRoles.join(", ")}.

Examples:
  inkube member add oidc:ann@example.com --role project-admin -n team-a
  inkube member add platform --group --role group-admin --whole-hub`,
  arguments: [{ name: "name", description: "user, or group with --group, as inkube whoami shows it", required: true }],
  options: {
    role: {
      kind: "string",
      default: "nested-cluster-viewer",
      description: "what they may do (default: nested-cluster-viewer)",
      complete: [...projectRoles, ...hubRoles],
    },
    group: isGroup,
    "whole-hub": wholeHub,
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { addMember } = await import("../../actions/members.ts");
    await addMember(args.name, options, context);
  },
});
