import { AppError } from "@inkube/api";

/** `{cpu: "6"}` for `cpu=6`. Throws AppError USAGE for any resource but cpu, memory and storage; what is an amount the hub says. */
export function amounts(flag: string, texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text) => text.split("=", 2));
  for (const [resource = "", amount] of pairs) {
    if (["cpu", "memory", "storage"].includes(resource) && amount) continue;
    throw new AppError("USAGE", `--${flag} ${pairs.map((pair) => pair.join("=")).join(" ")} cannot be understood`, {
      todo: `Write --${flag} cpu=6 --${flag} memory=8Gi.`,
    });
  }
  return Object.fromEntries(pairs as [string, string][]);
}
