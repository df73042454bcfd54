import { defineCommand } from "../command.ts";

/** Parts whose logs can be read; the control plane's depend on the distro. */
export const logParts = ["kine", "kube-apiserver", "kube-controller-manager", "k3s", "syncer", "agent"] as const;

export const logs = defineCommand({
  name: "logs",
  summary: "Print the logs of the parts that make a nested cluster",
  description: `Without --part: every container of the control plane, each line with the part's name.

Example:
  inkube logs team-a --part kube-apiserver --since 10m -f`,
  arguments: [{ name: "name", description: "name of the nested cluster", required: true, complete: "cluster" }],
  options: {
    part: { kind: "string", description: `one of ${logParts.join(", ")}`, complete: logParts },
    follow: { kind: "boolean", short: "f", description: "go on as lines come" },
    since: { kind: "duration", description: "only lines younger than this" },
    tail: { kind: "integer", placeholder: "N", description: "only the last lines" },
    previous: { kind: "boolean", short: "p", description: "of the container's run before this one" },
  },
  async run({ args, options }, context) {
    const { printLogs } = await import("../actions/print-logs.ts");
    await printLogs(args.name, options, context);
  },
});
