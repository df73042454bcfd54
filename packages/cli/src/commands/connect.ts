import { defineCommand } from "../command.ts";

export const connect = defineCommand({
  name: "connect",
  summary: "Use a nested cluster with kubectl: add it to your kubeconfig, or run one command",
  description: `Without a command a context is added to your kubeconfig and made current. With one, only that command
gets a kubeconfig, which is removed when it ends.

Examples:
  inkube connect team-a
  inkube connect team-a -- kubectl get pods -A`,
  arguments: [
    { name: "name", description: "name of the nested cluster", required: true, complete: "cluster" },
    { name: "command", description: "command to run, after --", variadic: true },
  ],
  options: {
    "kubeconfig-file": {
      kind: "string",
      placeholder: "FILE",
      description: "file that gets the context (default: the first of $KUBECONFIG, else ~/.kube/config)",
      complete: "file",
    },
  },
  async run({ args, options }, context) {
    const { connectCluster } = await import("../actions/connect-cluster.ts");
    await connectCluster(args.name, args.command, options["kubeconfig-file"], context);
  },
});
