import type { OptionSpec } from "../../command.ts";

export const wholeHub = {
  kind: "boolean",
  description: "of the whole hub, not of one project",
} as const satisfies OptionSpec;

export const isGroup = { kind: "boolean", description: "NAME is a group, not a user" } as const satisfies OptionSpec;
