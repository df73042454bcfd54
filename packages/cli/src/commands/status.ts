import { defineCommand } from "../command.ts";

export const status = defineCommand({
  name: "status",
  summary: "Show the embedded host of this machine",
  description: `Example:
  inkube status -o json`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { printStatus } = await import("../actions/print-status.ts");
    await printStatus(context);
  },
});
