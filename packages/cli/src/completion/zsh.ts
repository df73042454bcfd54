import type { Command } from "../command.ts";
import { argumentWords, clusterNamesCommand, type Flag, flagsOf, quote } from "./words.ts";

/** A completion script for zsh. */
export function zshScript(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => `    ${quote(`${name}:${summary.replaceAll(":", "\\:")}`)}`);
  return `#compdef inkube
_inkube_clusters() {
  local -a names
  names=(\${(f)"$(${clusterNamesCommand})"})
  compadd -a names
}
_inkube() {
  local line state
  local -a commands
  commands=(
${described.join("\n")}
  )
  _arguments -C \\
${specs(undefined)} \\
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $line[1] in
${commands.map((command) => `        ${command.name}) _arguments \\\n${specs(command)} \\\n    ${argumentSpec(command)} ;;`).join("\n")}
      esac ;;
  esac
}
compdef _inkube inkube
`;
}

function specs(command: Command | undefined): string {
  return flagsOf(command)
    .flatMap((flag) => (flag.short ? [flag.short, flag.long] : [flag.long]).map((spelling) => spec(spelling, flag)))
    .map((text) => `    ${text}`)
    .join(" \\\n");
}

function spec(spelling: string, flag: Flag): string {
  const description = flag.description.replace(/[[\]:\\]/g, "\\$&");
  return quote(`${spelling}[${description}]${flag.takesValue ? `:value:${action(flag.complete)}` : ""}`);
}

function action(complete: Flag["complete"]): string {
  if (complete === undefined) return " ";
  return complete === "file" ? "_files" : `(${complete.join(" ")})`;
}

function argumentSpec(command: Command): string {
  const words = argumentWords(command);
  if (words === undefined) return quote("*:argument: ");
  return quote(`*:argument:${words === "cluster" ? "_inkube_clusters" : `(${words.join(" ")})`}`);
}
