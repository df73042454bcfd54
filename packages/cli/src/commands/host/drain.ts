import { defineCommand } from "../../command.ts";

export const hostDrain = defineCommand({
  name: "host drain",
  summary: "Place nothing new on a host; what is there stays",
  arguments: [{ name: "name", description: "name of the host", required: true }],
  options: { undo: { kind: "boolean", description: "let it take nested clusters again" } },
  async run({ args, options }, context) {
    const { setDraining } = await import("../../actions/hosts.ts");
    await setDraining(args.name, !options.undo, context);
  },
});
