import { defineCommand } from "../command.ts";

export const down = defineCommand({
  name: "down",
  summary: "Stop the embedded host and remove everything of it from this machine",
  description: `Example:
  sudo inkube down`,
  arguments: [],
  options: {
    purge: {
      kind: "boolean",
      description: "also remove what a next up would use again: downloads and builds, when no other host uses them",
    },
  },
  async run({ options }, context) {
    const { takeDown } = await import("../actions/take-down.ts");
    await takeDown(options.purge, context);
  },
});
