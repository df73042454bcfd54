import { defineCommand } from "../command.ts";
import { dryRun, running, size } from "./common-options.ts";

export const update = defineCommand({
  name: "update",
  summary: "Change a nested cluster: its size, version, endpoint, labels",
  description: `Only what is said is changed. Host, group and distro stay for life.

Examples:
  inkube update team-a --cpu 8 --memory 16Gi
  inkube update team-a --label stage=live --label trial-`,
  arguments: [{ name: "name", description: "name of the nested cluster", required: true, complete: "cluster" }],
  options: {
    ...size,
    version: { kind: "string", placeholder: "vX.Y.Z", description: "Kubernetes version: same minor, or one up" },
    ...running,
    "source-range": {
      kind: "list",
      placeholder: "CIDR",
      description: "with endpoint LoadBalancer: ranges of addresses that may connect, in place of those before",
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
