import { AppError } from "@inkube/api";
import { Option, Command as Parser } from "commander";
import type { ArgumentSpec, Command, OptionSpec } from "./command.ts";
import { nounSummaries } from "./commands/nouns.ts";
import { type Globals, globalOptions, readGlobals } from "./globals.ts";
import { parseDuration } from "./output/duration.ts";

/** What was asked for: a command with its input, or text that was already printed (help). */
export interface Invocation {
  command: Command;
  args: Record<string, unknown>;
  options: Record<string, unknown>;
  globals: Globals;
}

interface ParserOutput {
  out(text: string): void;
  columns: number;
}

/**
 * Reads a command line (without the program's own name). Gives undefined when help was asked for and printed.
 * Throws AppError USAGE for everything that cannot be understood.
 */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  output: ParserOutput,
): Invocation | undefined {
  let invocation: Invocation | undefined;
  let complaint = "";
  const setup = (parser: Parser): Parser =>
    parser
      .exitOverride()
      .helpOption("-h, --help", "show help")
      .configureOutput({
        writeOut: output.out,
        writeErr: (text) => {
          complaint = text;
        },
        getOutHelpWidth: () => output.columns,
      });
  const program = setup(new Parser("inkube"))
    .description("Kubernetes clusters inside Kubernetes clusters")
    .enablePositionalOptions()
    .helpCommand(false);
  addOptions(program, globalOptions);
  const nouns = new Map<string, Parser>();
  for (const command of commands) {
    const parser = setup(parentOf(command, program, nouns, setup).command(lastWord(command))).summary(command.summary);
    parser.description(command.description ? `${command.summary}.\n\n${command.description}` : command.summary);
    for (const argument of command.arguments) parser.argument(argumentSyntax(argument), argument.description);
    addOptions(parser, command.options);
    parser.optionsGroup("Options of every command:");
    addOptions(parser, remainingGlobals(command.options));
    parser.action(() => {
      invocation = read(command, parser, program);
    });
  }
  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    const { code, exitCode } = error as { code?: string; exitCode?: number };
    if (!code?.startsWith("commander.")) throw error;
    if (exitCode === 0) return undefined;
    // Without a command the whole help is the complaint.
    if (code === "commander.help") {
      throw new AppError("USAGE", "No command was given", { todo: "See inkube --help." });
    }
    throw new AppError("USAGE", complaint.trim().replace(/^error: /, ""), { todo: "See inkube --help." });
  }
  return invocation;
}

function lastWord({ name }: Command): string {
  return name.split(" ").at(-1) ?? name;
}

/** Commands of two words, `host import`, are below their noun. */
function parentOf(
  command: Command,
  program: Parser,
  nouns: Map<string, Parser>,
  setup: (parser: Parser) => Parser,
): Parser {
  const [noun = "", verb] = command.name.split(" ");
  if (verb === undefined) return program;
  const known = nouns.get(noun);
  if (known) return known;
  const parser = setup(program.command(noun))
    .summary(nounSummaries[noun] ?? noun)
    .description(nounSummaries[noun] ?? noun);
  parser.helpCommand(false);
  nouns.set(noun, parser);
  return parser;
}

/** An argument as help shows it: `<name>`, `[names...]`. */
export function argumentSyntax({ name, required, variadic }: ArgumentSpec): string {
  const text = variadic ? `${name}...` : name;
  return required ? `<${text}>` : `[${text}]`;
}

/** Global options as a command sees them: a short name that the command uses itself is left out. */
function remainingGlobals(own: Record<string, OptionSpec>): Record<string, OptionSpec> {
  const taken = new Set(Object.values(own).map((option) => option.short));
  const others = Object.entries<OptionSpec>(globalOptions).filter(([name]) => !(name in own));
  const entries = others.map(([name, option]) => {
    if (option.short === undefined || !taken.has(option.short)) return [name, option] as const;
    const { short: _, ...rest } = option;
    return [name, rest] as const;
  });
  return Object.fromEntries(entries);
}

function addOptions(parser: Parser, options: Record<string, OptionSpec>): void {
  for (const [name, spec] of Object.entries(options)) {
    const option = new Option(optionSyntax(name, spec), spec.description);
    if (spec.kind === "integer") option.argParser(parseInteger);
    if (spec.kind === "duration") option.argParser(parseDuration);
    parser.addOption(option);
  }
}

/** The flags of an option as help shows them. Negatable ones are on anyway, so only their negation is offered. */
export function optionSyntax(name: string, spec: OptionSpec): string {
  const long = `--${spec.negatable ? "no-" : ""}${name}`;
  const flags = spec.short ? `-${spec.short}, ${long}` : long;
  if (spec.kind === "boolean") return flags;
  const value = spec.placeholder ?? (spec.kind === "duration" ? "TIME" : name.toUpperCase());
  return spec.kind === "list" ? `${flags} <${value}...>` : `${flags} <${value}>`;
}

function parseInteger(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError("USAGE", `"${text}" is not a whole number`);
}

function read(command: Command, parser: Parser, program: Parser): Invocation {
  const own = Object.keys(command.options);
  const outer = readOptions(program, globalOptions);
  const inner = readOptions(parser, remainingGlobals(command.options));
  const given = Object.entries(inner).filter(([name]) => !own.includes(name) && isGiven(parser, name));
  const args = command.arguments.map(({ name }, index) => [name, parser.processedArgs[index]] as const);
  return {
    command,
    args: Object.fromEntries(args),
    options: withDefaults(readOptions(parser, command.options), command.options),
    globals: readGlobals({ ...outer, ...Object.fromEntries(given) }),
  };
}

function isGiven(parser: Parser, name: string): boolean {
  return parser.getOptionValueSource(camelCase(name)) === "cli";
}

function readOptions(parser: Parser, options: Record<string, OptionSpec>): Record<string, unknown> {
  const values = parser.opts<Record<string, unknown>>();
  return Object.fromEntries(Object.keys(options).map((name) => [name, values[camelCase(name)]]));
}

function withDefaults(values: Record<string, unknown>, options: Record<string, OptionSpec>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, values[name] ?? defaultOf(spec)]));
}

function defaultOf(spec: OptionSpec): unknown {
  if (spec.kind === "duration" && typeof spec.default === "string") return parseDuration(spec.default);
  if (spec.default !== undefined) return spec.default;
  if (spec.kind === "boolean") return false;
  return spec.kind === "list" ? [] : undefined;
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
