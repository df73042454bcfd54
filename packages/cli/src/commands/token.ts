import { defineCommand } from "../command.ts";

export const token = defineCommand({
  name: "token",
  summary: "Print your token for kubectl (kubeconfigs of a hub call this)",
  description: `Example:
  inkube token --hub https://hub.example.com`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { printToken } = await import("../actions/sign-in.ts");
    await printToken(context);
  },
});
