import type { Command } from "../command.ts";
import { argumentWords, clusterNamesCommand, type Flag, flagsOf } from "./words.ts";

/** A completion script for fish. */
export function fishScript(commands: readonly Command[]): string {
  const names = commands.map((command) => command.name).join(" ");
  const beginning = fishQuote(`not __fish_seen_subcommand_from ${names}`);
  const lines = commands.flatMap((command) => {
    const inside = fishQuote(`__fish_seen_subcommand_from ${command.name}`);
    const own = flagsOf(command).map((flag) => flagLine(flag, inside));
    return [
      `complete -c inkube -n ${beginning} -a ${command.name} -d ${fishQuote(command.summary)}`,
      ...own,
      ...argumentLine(command, inside),
    ];
  });
  const global = flagsOf(undefined).map((flag) => flagLine(flag, beginning));
  return `# fish completion for inkube\ncomplete -c inkube -f\n${[...global, ...lines].join("\n")}\n`;
}

function flagLine(flag: Flag, condition: string): string {
  const short = flag.short ? ` -s ${flag.short.slice(1)}` : "";
  return `complete -c inkube -n ${condition}${short} -l ${flag.long.slice(2)}${value(flag)} -d ${fishQuote(flag.description)}`;
}

function value({ takesValue, complete }: Flag): string {
  if (!takesValue) return "";
  if (complete === undefined) return " -x";
  return complete === "file" ? " -r -F" : ` -x -a ${fishQuote(complete.join(" "))}`;
}

function argumentLine(command: Command, condition: string): string[] {
  const words = argumentWords(command);
  if (words === undefined) return [];
  const list = words === "cluster" ? `(${clusterNamesCommand})` : words.join(" ");
  return [`complete -c inkube -n ${condition} -a ${fishQuote(list)}`];
}

function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
