import { defineCommand } from "../../command.ts";
import { period } from "../common-options.ts";

export const auditList = defineCommand({
  name: "audit list",
  summary: "List who did what, newest first",
  description: `Members of projects see what was done in theirs.

Examples:
  inkube audit list --since 1d --action delete
  inkube audit list -n team-a --csv > audit.csv`,
  arguments: [],
  options: {
    project: { kind: "string", short: "n", placeholder: "NAME", description: "only in this project (default: all)" },
    actor: { kind: "string", placeholder: "NAME", description: "only by this user or host" },
    action: {
      kind: "string",
      description: "only this: create, update, delete, action, sign-in, sign-out",
      complete: ["create", "update", "delete", "action", "sign-in", "sign-out"],
    },
    kind: { kind: "string", description: "only about this kind of object, such as NestedCluster" },
    ...period,
    limit: { kind: "integer", placeholder: "N", default: 50, description: "how many at most (default: 50)" },
    csv: { kind: "boolean", description: "all that fit, as CSV" },
  },
  async run({ options }, context) {
    const { listAudit } = await import("../../actions/audit.ts");
    await listAudit(options, context);
  },
});
