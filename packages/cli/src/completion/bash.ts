import type { Command } from "../command.ts";
import { argumentWords, clusterNamesCommand, type Flag, flagsOf } from "./words.ts";

/** A completion script for bash. */
export function bashScript(commands: readonly Command[]): string {
  const names = commands.map((command) => command.name);
  return `# bash completion for inkube
_inkube() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command="" word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      --) return ;;
      ${names.join("|")}) [[ -n "$command" ]] || command="$word" ;;
    esac
  done
  case "$command:$prev" in
${[undefined, ...commands].flatMap(valueCases).join("\n")}
  esac
  if [[ "$cur" == -* ]]; then
    case "$command" in
${[undefined, ...commands].map(flagCase).join("\n")}
    esac
    return
  fi
  case "$command" in
    "") COMPREPLY=($(compgen -W "${names.join(" ")}" -- "$cur")) ;;
${commands.flatMap(argumentCase).join("\n")}
  esac
}
complete -F _inkube inkube
`;
}

function valueCases(command: Command | undefined): string[] {
  return flagsOf(command)
    .filter((flag) => flag.takesValue)
    .map((flag) => {
      const patterns = spellings(flag).map((spelling) => `"${command?.name ?? ""}:${spelling}"`);
      return `    ${patterns.join("|")}) ${valueReply(flag)}; return ;;`;
    });
}

function valueReply({ complete }: Flag): string {
  if (complete === undefined) return "COMPREPLY=()";
  if (complete === "file") return 'COMPREPLY=($(compgen -f -- "$cur"))';
  return `COMPREPLY=($(compgen -W "${complete.join(" ")}" -- "$cur"))`;
}

function flagCase(command: Command | undefined): string {
  const flags = [...flagsOf(command).flatMap(spellings), "--help"].join(" ");
  return `      ${command ? command.name : '""'}) COMPREPLY=($(compgen -W "${flags}" -- "$cur")) ;;`;
}

function argumentCase(command: Command): string[] {
  const words = argumentWords(command);
  if (words === undefined) return [];
  const list = words === "cluster" ? `$(${clusterNamesCommand})` : words.join(" ");
  return [`    ${command.name}) COMPREPLY=($(compgen -W "${list}" -- "$cur")) ;;`];
}

function spellings(flag: Flag): string[] {
  return flag.short === undefined ? [flag.long] : [flag.short, flag.long];
}
