import type { ArgumentSpec, Command, OptionSpec } from "../command.ts";
import { globalOptions } from "../globals.ts";

/** One way to write an option, as completion offers it. */
export interface Flag {
  long: string;
  short?: string;
  description: string;
  takesValue: boolean;
  complete?: "file" | readonly string[];
}

/** The flags of a command, its own first, then those that every command takes. */
export function flagsOf(command: Command | undefined): Flag[] {
  const own = Object.entries(command?.options ?? {});
  const taken = new Set(own.map(([, option]) => option.short));
  const global = Object.entries<OptionSpec>(globalOptions).map(([name, option]) => {
    const flag = toFlag(name, option);
    if (taken.has(option.short)) delete flag.short;
    return flag;
  });
  return [...own.map(([name, option]) => toFlag(name, option)), ...global];
}

function toFlag(name: string, spec: OptionSpec): Flag {
  return {
    long: `--${spec.negatable ? "no-" : ""}${name}`,
    ...(spec.short !== undefined && { short: `-${spec.short}` }),
    description: spec.description,
    takesValue: spec.kind !== "boolean",
    ...(spec.complete !== undefined && { complete: spec.complete }),
  };
}

/** What an argument can be: names of nested clusters, fixed words, or nothing that is known. */
export function argumentWords(command: Command): ArgumentSpec["complete"] {
  return command.arguments.find((argument) => argument.complete !== undefined)?.complete;
}

/** Prints the names of nested clusters, one a line; nothing when the host does not answer. */
export const clusterNamesCommand = "inkube list -o name 2>/dev/null | sed 's|.*/||'";

/** Text in single quotes for a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
