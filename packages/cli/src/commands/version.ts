import { defineCommand } from "../command.ts";

export const version = defineCommand({
  name: "version",
  summary: "Print the versions of this program and of the host",
  description: `Example:
  inkube version --client`,
  arguments: [],
  options: { client: { kind: "boolean", description: "of this program only" } },
  async run({ options }, context) {
    const { printVersion } = await import("../actions/print-version.ts");
    await printVersion(options.client, context);
  },
});
