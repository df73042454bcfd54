import { defineCommand } from "../../command.ts";
import { dryRun, endpointTypes, groupLimits } from "../common-options.ts";

export const groupCreate = defineCommand({
  name: "group create",
  summary: "Create a cluster group: hosts that are one place for nested clusters",
  description: `Example:
  inkube group create europe --hosts edge-1 edge-2 --endpoint LoadBalancer --limit cpu=8 memory=16Gi`,
  arguments: [{ name: "name", description: "name of the group", required: true }],
  options: {
    hosts: { kind: "list", placeholder: "NAME", description: "hosts of the group" },
    endpoint: {
      kind: "string",
      placeholder: "TYPE",
      description: "how its nested clusters are reached (default: Hub)",
      complete: endpointTypes,
    },
    oversubscription: {
      kind: "integer",
      placeholder: "PERCENT",
      description: "of what a host can allocate (default: 120)",
    },
    distro: { kind: "string", description: "distro of its nested clusters (default: k3s)", complete: ["k3s", "k8s"] },
    projects: { kind: "list", placeholder: "NAME", description: "projects that may use it (default: all)" },
    ...groupLimits,
    description: { kind: "string", placeholder: "TEXT", description: "what it is for" },
    "advanced-file": {
      kind: "string",
      placeholder: "FILE",
      description: "YAML file with advanced values of its nested clusters",
      complete: "file",
    },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { createGroup } = await import("../../actions/groups.ts");
    await createGroup(args.name, options, context);
  },
});
