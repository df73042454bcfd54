import { defineCommand } from "../command.ts";
import { dryRun } from "./common-options.ts";

export const apply = defineCommand({
  name: "apply",
  summary: "Make what files say: nested clusters, hosts, cluster groups, projects",
  description: `Creates what is missing and changes what differs; it can be run again at any time. What a file leaves out stays as it
is, null removes it. A project is a Namespace. What others need is made first: projects, hosts, groups, nested clusters. With
--dry-run each is checked against what is there now, and what would be refused is named by field and reason.

Examples:
  inkube apply -f fleet.yaml --dry-run
  inkube list -o yaml | inkube apply -f -`,
  arguments: [],
  options: {
    file: {
      kind: "list",
      short: "f",
      placeholder: "FILE",
      description: "objects in YAML or JSON, as many as you like; - is standard input",
      complete: "file",
    },
    "dry-run": dryRun,
  },
  async run({ options }, context) {
    const { applyFiles } = await import("../actions/apply-files.ts");
    await applyFiles(options, context);
  },
});
