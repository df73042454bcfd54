import { AppError } from "@inkube/api";
import type { Client, Clock, ClusterConfig } from "@inkube/kube";
import { commands } from "./commands/index.ts";
import type { CommandContext } from "./context.ts";
import type { Globals } from "./globals.ts";
import { hubInUse, loadHostConfig, loadOwnHostConfig } from "./host-access.ts";
import type { HubClient } from "./hub/hub-client.ts";
import type { Io } from "./io.ts";
import { type Colors, createColors } from "./output/colors.ts";
import { presentError, toAppError } from "./present-error.ts";
import { parseCommandLine } from "./program.ts";
import { liveProgress } from "./progress/live.ts";
import { plainProgress } from "./progress/plain.ts";
import { type Progress, silentProgress } from "./progress/progress.ts";

export interface RunOptions {
  io: Io;
  /** Aborted when the person presses Ctrl-C. */
  signal: AbortSignal;
  clock: Clock;
  /** Opens the client of the host; default: as the options and the environment say. */
  openHost?: (globals: Globals) => Promise<Client>;
}

/** Runs one command line, without the program's own name, and gives the exit code. Never throws. */
export async function run(argv: readonly string[], options: RunOptions): Promise<number> {
  const { io } = options;
  const columns = io.stdout.isTTY ? io.stdout.columns : 100;
  let globals: Globals | undefined;
  try {
    const invocation = parseCommandLine(argv, commands, { out: io.stdout.write, columns });
    if (!invocation) return 0;
    globals = invocation.globals;
    return await execute(invocation, options);
  } catch (error) {
    const shown = toAppError(error);
    io.stderr.write(presentError(shown, globals?.output ?? formatIn(argv), stderrColors(globals, io)));
    if (shown.code === "INTERNAL" && io.env.INKUBE_DEBUG && error instanceof Error) io.stderr.write(`${error.stack}\n`);
    return shown.exitCode;
  }
}

async function execute(
  { command, args, options: values, globals }: NonNullable<ReturnType<typeof parseCommandLine>>,
  { io, signal, clock, openHost }: RunOptions,
): Promise<number> {
  let exitCode = 0;
  let client: Promise<Client> | undefined;
  let own: Promise<Client> | undefined;
  let hub: Promise<HubClient | undefined> | undefined;
  const open = openHost ?? (async () => openClient(await loadHostConfig(globals, io)));
  const openOwn = openHost ?? (async () => openClient(await loadOwnHostConfig(globals, io)));
  const hubInUseNow = (): Promise<HubClient | undefined> => (hub ??= openHubInUse(globals, io, signal));
  const context: CommandContext = {
    io,
    globals,
    signal,
    clock,
    colors: createColors(colorsWanted(globals, io) && io.stdout.isTTY),
    progress: createProgress(globals, io),
    host: () => (client ??= open(globals)),
    hostItself: () => (own ??= openOwn(globals)),
    hubInUse: hubInUseNow,
    hub: async () => (await hubInUseNow()) ?? throwNotSignedIn(),
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    await command.run({ args, options: values }, context);
    return exitCode;
  } finally {
    context.progress.end();
    for (const opened of [client, own]) await opened?.then((one) => one.close()).catch(() => undefined);
    await hub?.then((opened) => opened?.close()).catch(() => undefined);
  }
}

async function openHubInUse(globals: Globals, io: Io, signal: AbortSignal): Promise<HubClient | undefined> {
  const found = await hubInUse(globals, io);
  if (!found) return undefined;
  const { openHub } = await import("./hub/hub-client.ts");
  return openHub(found, { signal, token: found.token });
}

function throwNotSignedIn(): never {
  throw new AppError("AUTH_REQUIRED", "This is done in a hub, and none is in use", {
    todo: "Run inkube login URL, or name one with --hub.",
  });
}

async function openClient(config: ClusterConfig): Promise<Client> {
  const { createClient } = await import("@inkube/kube");
  return createClient(config);
}

function createProgress(globals: Globals, io: Io): Progress {
  if (globals.quiet) return silentProgress;
  return io.stderr.isTTY ? liveProgress(io.stderr, stderrColors(globals, io)) : plainProgress(io.stderr);
}

function stderrColors(globals: Globals | undefined, io: Io): Colors {
  return createColors(colorsWanted(globals, io) && io.stderr.isTTY);
}

/** NO_COLOR is what other programs agreed on. */
function colorsWanted(globals: Globals | undefined, io: Io): boolean {
  return (globals?.color ?? true) && !io.env.NO_COLOR;
}

/** The format of errors about a command line that could not be read. */
function formatIn(argv: readonly string[]): Globals["output"] {
  return /(^| )(-o ?|--output[ =])json( |$)/.test(argv.join(" ")) ? "json" : undefined;
}
