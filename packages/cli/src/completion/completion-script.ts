import { AppError } from "@inkube/api";
import type { Command } from "../command.ts";
import { nounSummaries } from "../commands/nouns.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { type Shell, shells } from "./shells.ts";
import { zshScript } from "./zsh.ts";

const writers: Record<Shell, (commands: readonly Command[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The completion script for a shell, made from the commands. Throws AppError USAGE for an unknown shell. */
export function completionScript(shell: string, commands: readonly Command[]): string {
  const known = shells.find((candidate) => candidate === shell);
  if (known) return writers[known](byFirstWord(commands));
  throw new AppError("USAGE", `There is no completion for ${shell}`, { todo: `Use one of ${shells.join(", ")}.` });
}

/** Commands of two words as one whose argument is the second word, with the options of all. */
function byFirstWord(commands: readonly Command[]): Command[] {
  const nouns = Object.groupBy(commands, ({ name }) => name.split(" ")[0] ?? name);
  return Object.entries(nouns).flatMap(([noun, group = []]) => {
    const [first] = group;
    if (!first?.name.includes(" ")) return group;
    const verbs = group.map(({ name }) => name.split(" ")[1] ?? "");
    const options = Object.assign({}, ...group.map((command) => command.options)) as Command["options"];
    const summary = nounSummaries[noun] ?? noun;
    return [
      { ...first, name: noun, summary, arguments: [{ name: "verb", description: "", complete: verbs }], options },
    ];
  });
}
