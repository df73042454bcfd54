import { defineCommand } from "../command.ts";

export const logout = defineCommand({
  name: "logout",
  summary: "Forget the sign-in to a hub",
  description: `Example:
  inkube logout`,
  arguments: [],
  options: {},
  async run(_input, context) {
    const { signOut } = await import("../actions/sign-in.ts");
    await signOut(context);
  },
});
