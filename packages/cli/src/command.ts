import type { CommandContext } from "./context.ts";

/** How the text after a flag is read: a list is the flag given several times; a duration (`90s`, `5m`) becomes ms. */
export type OptionKind = "string" | "boolean" | "integer" | "duration" | "list";

export interface OptionSpec {
  kind: OptionKind;
  /** One letter, without dash. */
  short?: string;
  /** What help shows in place of the value. */
  placeholder?: string;
  description: string;
  default?: string | boolean | number;
  /** A boolean that is on unless `--no-<name>` is given. */
  negatable?: boolean;
  /** What completion offers for the value. */
  complete?: "file" | readonly string[];
}

export interface ArgumentSpec {
  name: string;
  description: string;
  required?: boolean;
  variadic?: boolean;
  /** What completion offers. */
  complete?: "cluster" | readonly string[];
}

type ValueOfKind = { string: string; boolean: boolean; integer: number; duration: number; list: string[] };
type OptionValue<S extends OptionSpec> = S extends { kind: "boolean" | "list" } | { default: string | number }
  ? ValueOfKind[S["kind"]]
  : ValueOfKind[S["kind"]] | undefined;
type ArgumentValue<S extends ArgumentSpec> = S extends { variadic: true }
  ? string[]
  : S extends { required: true }
    ? string
    : string | undefined;

export type OptionValues<O extends Record<string, OptionSpec>> = { [Name in keyof O]: OptionValue<O[Name]> };
export type ArgumentValues<A extends readonly ArgumentSpec[]> = {
  [Spec in A[number] as Spec["name"]]: ArgumentValue<Spec>;
};

/** A command as data; help, parsing and completion are made from it. Heavy modules are imported inside `run`. */
export interface CommandSpec<A extends readonly ArgumentSpec[], O extends Record<string, OptionSpec>> {
  name: string;
  /** One line for lists of commands. */
  summary: string;
  /** More, shown by `--help` of the command; ends with an example or two. */
  description?: string;
  arguments: A;
  /** Long names in kebab-case. */
  options: O;
  run(input: { args: ArgumentValues<A>; options: OptionValues<O> }, context: CommandContext): Promise<void>;
}

/** Any command, its types forgotten: what the program holds. */
export interface Command extends Omit<CommandSpec<readonly ArgumentSpec[], Record<string, OptionSpec>>, "run"> {
  run(input: { args: object; options: object }, context: CommandContext): Promise<void>;
}

/** Checks a command's types and forgets them. */
export function defineCommand<const A extends readonly ArgumentSpec[], const O extends Record<string, OptionSpec>>(
  spec: CommandSpec<A, O>,
): Command {
  return spec as unknown as Command;
}
