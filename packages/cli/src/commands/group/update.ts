import { defineCommand } from "../../command.ts";
import { dryRun, endpointTypes, groupLimits } from "../common-options.ts";

export const groupUpdate = defineCommand({
  name: "group update",
  summary: "Change a cluster group: its hosts, limits, oversubscription",
  description: `Only what is said is changed. The distro stays for life; what is there is not moved.

Examples:
  inkube group update europe --add-hosts edge-3 --oversubscription 150
  inkube group update europe --endpoint Ingress --domain edge-1=*.a.example.com edge-2=*.b.example.com`,
  arguments: [{ name: "name", description: "name of the group", required: true }],
  options: {
    "add-hosts": { kind: "list", placeholder: "NAME", description: "hosts that join it" },
    "remove-hosts": {
      kind: "list",
      placeholder: "NAME",
      description: "hosts that leave it; they must have none of it",
    },
    domain: {
      kind: "list",
      placeholder: "HOST=*.DNS",
      description: "wildcard DNS name of a host in this group, for endpoint types Ingress and Gateway",
    },
    endpoint: {
      kind: "string",
      placeholder: "TYPE",
      description: `how its nested clusters are reached: ${endpointTypes.join(", ")}`,
      complete: endpointTypes,
    },
    oversubscription: { kind: "integer", placeholder: "PERCENT", description: "of what a host can allocate" },
    version: {
      kind: "string",
      placeholder: "vX.Y.Z",
      description: "Kubernetes version of nested clusters that do not say otherwise",
    },
    projects: { kind: "list", placeholder: "NAME", description: "projects that may use it, in place of those before" },
    "all-projects": { kind: "boolean", description: "every project may use it" },
    ...groupLimits,
    description: { kind: "string", placeholder: "TEXT", description: "what it is for" },
    "advanced-file": {
      kind: "string",
      placeholder: "FILE",
      description:
        "YAML file with advanced values of nested clusters that are placed from now on, in place of those before",
      complete: "file",
    },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { changeGroup } = await import("../../actions/change-group.ts");
    await changeGroup(args.name, options, context);
  },
});
