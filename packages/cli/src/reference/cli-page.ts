import { errorTable } from "@inkube/api";
import type { ArgumentSpec, Command, OptionSpec } from "../command.ts";
import { nounSummaries } from "../commands/nouns.ts";
import { globalOptions } from "../globals.ts";
import { argumentSyntax, optionSyntax } from "../program.ts";

/** The reference of the command line in Markdown, from the commands themselves. Pure. */
export function cliPage(commands: readonly Command[]): string {
  const codes = [...new Set(Object.values(errorTable).map(({ exitCode }) => exitCode))].sort((a, b) => a - b);
  const byNoun = Object.groupBy(commands, ({ name }) => (name.includes(" ") ? (name.split(" ")[0] ?? "") : ""));
  const { "": single = [], ...nouns } = byNoun;
  const lines = [
    "# Command line",
    "",
    "Generated from the commands by `make generate`. Options may stand before or after the command's name.",
    `Exit codes are 0 and ${codes.join(", ")}: [docs/exit-codes.md](../exit-codes.md) says what they mean.`,
    "",
    "## Options of every command",
    "",
    ...optionLines(globalOptions),
    "## Commands",
    "",
    ...single.flatMap((command) => commandLines(command, "###")),
    ...Object.entries(nouns).flatMap(([noun, group = []]) => [
      `## inkube ${noun}`,
      "",
      `${nounSummaries[noun] ?? noun}.`,
      "",
      ...group.flatMap((command) => commandLines(command, "###")),
    ]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function commandLines(
  { name, summary, description = "", arguments: taken, options }: Command,
  level: string,
): string[] {
  const words = [
    "inkube",
    name,
    ...taken.map(argumentSyntax),
    ...(Object.keys(options).length > 0 ? ["[options]"] : []),
  ];
  const { prose, examples } = parted(description);
  return [
    `${level} inkube ${name}`,
    "",
    `    ${words.join(" ")}`,
    "",
    `${summary}.`,
    "",
    ...(prose === "" ? [] : [prose, ""]),
    ...(examples === "" ? [] : ["For example:", "", examples, ""]),
    ...argumentLines(taken),
    ...optionLines(options),
  ];
}

/** A description ends with examples, each indented by two; Markdown wants four. */
function parted(description: string): { prose: string; examples: string } {
  const [prose = "", examples = ""] = description.split(/^Examples?:\n/m);
  const lines = examples.split("\n").map((line) => line.replace(/^ {2}/, "    "));
  return { prose: prose.trim(), examples: lines.join("\n").trimEnd() };
}

function argumentLines(taken: readonly ArgumentSpec[]): string[] {
  if (taken.length === 0) return [];
  return tableLines(
    "argument",
    taken.map((argument) => [argumentSyntax(argument), argument.description]),
  );
}

function optionLines(options: Record<string, OptionSpec>): string[] {
  const entries = Object.entries(options);
  if (entries.length === 0) return [];
  return tableLines(
    "option",
    entries.map(([name, spec]) => [optionSyntax(name, spec), `${spec.description}${presetText(spec)}`]),
  );
}

/** Most descriptions say their default already, and why. */
function presetText({ default: preset, description, kind }: OptionSpec): string {
  if (preset === undefined || preset === "" || kind === "boolean" || description.includes("(default")) return "";
  return ` (default: ${preset})`;
}

function tableLines(title: string, rows: readonly [string, string][]): string[] {
  const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("*", "\\*");
  // Text between backquotes is shown as it is, but for the bars that part cells.
  const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;
  return [`| ${title} | |`, "| --- | --- |", ...rows.map(([name, text]) => `| ${code(name)} | ${cell(text)} |`), ""];
}
