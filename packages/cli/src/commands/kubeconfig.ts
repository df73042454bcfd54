import { defineCommand } from "../command.ts";

export const kubeconfig = defineCommand({
  name: "kubeconfig",
  summary: "Print the kubeconfig of a nested cluster",
  description: `Through a hub (--via hub, the default there) it lets you in as yourself and holds no secret. Otherwise it makes
whoever holds it administrator of the nested cluster: keep it like a password.

Example:
  inkube kubeconfig team-a --output-file team-a.kubeconfig`,
  arguments: [{ name: "name", description: "name of the nested cluster", required: true, complete: "cluster" }],
  options: {
    via: {
      kind: "string",
      placeholder: "WAY",
      description: "endpoint: straight to its endpoint; hub: through the hub",
      complete: ["endpoint", "hub"],
    },
    "output-file": {
      kind: "string",
      placeholder: "FILE",
      description: "write it there, readable by you only, instead of printing it",
      complete: "file",
    },
  },
  async run({ args, options }, context) {
    const { printKubeconfig } = await import("../actions/print-kubeconfig.ts");
    await printKubeconfig(args.name, options["output-file"], options.via, context);
  },
});
