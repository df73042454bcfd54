import { defineCommand } from "../../command.ts";
import { dryRun } from "../common-options.ts";

export const quotaSet = defineCommand({
  name: "quota set",
  summary: "Set the quota of each user, over all projects",
  description: `Only what is said is changed. It holds for what is created or grows from now on, and for everybody but administrators.

Example:
  inkube quota set --enforce on --clusters 3 --cpu 16 --memory 32 --storage 40`,
  arguments: [],
  options: {
    enforce: { kind: "string", placeholder: "on|off", description: "whether it is enforced", complete: ["on", "off"] },
    clusters: { kind: "integer", placeholder: "N", description: "nested clusters of one user" },
    cpu: { kind: "integer", placeholder: "CORES", description: "CPU of all of them together" },
    memory: { kind: "integer", placeholder: "GIB", description: "memory of all of them together, in Gi" },
    storage: { kind: "integer", placeholder: "GIB", description: "storage of all of them together, in Gi" },
    "separate-groups": {
      kind: "list",
      placeholder: "NAME",
      description: "cluster groups that count on a second budget, as large as the first",
    },
    "one-budget": { kind: "boolean", description: "no groups with a second budget any more" },
    "hide-separate-groups": {
      kind: "string",
      placeholder: "on|off",
      description: "whether groups with a second budget are not there for anybody but administrators",
      complete: ["on", "off"],
    },
    "dry-run": dryRun,
  },
  async run({ options }, context) {
    const { setQuota } = await import("../../actions/quota.ts");
    await setQuota(options, context);
  },
});
