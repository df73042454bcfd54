import { defineCommand } from "../command.ts";
import { dryRun, endpointTypes } from "./common-options.ts";

export const update = defineCommand({
  name: "update",
  summary: "Change a nested cluster: its size, version, endpoint, labels",
  description: `Only what is said is changed. Host, group and distro stay for life.

Examples:
  inkube update team-a --cpu 8 --memory 16Gi
  inkube update team-a --label stage=live --label trial-`,
  arguments: [{ name: "name", description: "name of the nested cluster", required: true, complete: "cluster" }],
  options: {
    cpu: { kind: "string", placeholder: "QUANTITY", description: "CPU that all pods together may ask for" },
    memory: { kind: "string", placeholder: "QUANTITY", description: "memory that all pods together may ask for" },
    storage: { kind: "string", placeholder: "QUANTITY", description: "storage that all volume claims may ask for" },
    pods: { kind: "integer", placeholder: "N", description: "number of pods" },
    version: { kind: "string", placeholder: "vX.Y.Z", description: "Kubernetes version: same minor, or one up" },
    endpoint: {
      kind: "string",
      placeholder: "TYPE",
      description: `how people reach it: ${endpointTypes.join(", ")}`,
      complete: endpointTypes,
    },
    "source-range": {
      kind: "list",
      placeholder: "CIDR",
      description: "with endpoint LoadBalancer: ranges of addresses that may connect, in place of those before",
    },
    syncer: {
      kind: "string",
      placeholder: "MODE",
      description: "shared with other nested clusters, or dedicated",
      complete: ["shared", "dedicated"],
    },
    "pod-security": {
      kind: "string",
      placeholder: "LEVEL",
      description: "Pod Security level: privileged, baseline, restricted",
      complete: ["privileged", "baseline", "restricted"],
    },
    description: { kind: "string", placeholder: "TEXT", description: "what it is for" },
    label: { kind: "list", placeholder: "KEY=VALUE", description: "label to set; KEY- removes one" },
    wait: { kind: "boolean", description: "wait until it is ready with the change" },
    timeout: { kind: "duration", default: "5m", description: "how long to wait" },
    "dry-run": dryRun,
  },
  async run({ args, options }, context) {
    const { updateCluster } = await import("../actions/update-cluster.ts");
    await updateCluster(args.name, options, context);
  },
});
