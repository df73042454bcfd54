import { AppError } from "@inkube/api";
import type { Command } from "../command.ts";
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
  if (known) return writers[known](commands);
  throw new AppError("USAGE", `There is no completion for ${shell}`, { todo: `Use one of ${shells.join(", ")}.` });
}
