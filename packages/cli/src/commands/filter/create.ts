import { defineCommand } from "../../command.ts";
import { filterRoles } from "../../hub/roles.ts";
import { dryRun } from "../common-options.ts";

export const filterCreate = defineCommand({
  name: "filter create",
  summary: "Give users and groups a role on those nested clusters that have certain labels",
  description: `Whoever may change a nested cluster may change its labels, and so who else sees it.

Example:
  inkube filter create claims --selector team=claims --role nested-cluster-editor --group claims-developers`,
  arguments: [{ name: "name", description: "name of the filter", required: true }],
  options: {
    selector: {
      kind: "string",
      placeholder: "LABELS",
      default: "",
      description: "labels of nested clusters: claims, team=claims, !old, joined by commas",
    },
    role: {
      kind: "string",
      default: "nested-cluster-viewer",
      description: `one of ${filterRoles.join(", ")} (default: nested-cluster-viewer)`,
      complete: filterRoles,
    },
    user: { kind: "list", placeholder: "NAME", description: "users who get it" },
    group: { kind: "list", placeholder: "NAME", description: "groups that get it" },
    projects: { kind: "list", placeholder: "NAME", description: "only in these projects (default: all)" },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { createFilter } = await import("../../actions/access-filters.ts");
    await createFilter(args.name, options, context);
  },
});
