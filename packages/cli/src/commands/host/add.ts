import { defineCommand } from "../../command.ts";
import { joinOptions } from "./join-options.ts";

export const hostAdd = defineCommand({
  name: "host add",
  summary: "Let the cluster of a kubeconfig join the hub as a host",
  description: `Installs the agent there at once, by the rights that the kubeconfig has; nothing of it is sent to the hub. Where only somebody else
may do that, inkube host import prints a command for him.

Examples:
  inkube host add edge-1 edge-1.kubeconfig --endpoint LoadBalancer --wait
  inkube host add edge-1 ~/.kube/config --context edge`,
  arguments: [
    { name: "name", description: "name of the host in the hub", required: true },
    { name: "kubeconfig", description: "file with a kubeconfig of the cluster's administrator", required: true },
  ],
  options: {
    ...joinOptions,
    context: { kind: "string", placeholder: "NAME", description: "context to use of the file" },
  },
  async run({ args, options }, context) {
    const { addHostOf } = await import("../../actions/add-host.ts");
    await addHostOf(args, options, context);
  },
});
