import { defineCommand } from "../command.ts";

export const whoami = defineCommand({
  name: "whoami",
  summary: "Show as whom you are signed in to the hub",
  description: `Example:
  inkube whoami -o json`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { whoAmI } = await import("../actions/whoami.ts");
    await whoAmI(context);
  },
});
