import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { AppError, type ErrorCode } from "@inkube/api";
import { currentContext, filesIn, hostNameFor } from "../clusters/kubeconfig-folder.ts";
import type { CommandContext } from "../context.ts";
import { type ImportSettings, readImportSettings } from "../hub/import-settings.ts";
import { joinCluster } from "../install/join-cluster.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";
import { toAppError } from "../present-error.ts";
import type { Step } from "../progress/progress.ts";
import type { ImportHostFlags } from "./import-host.ts";

export interface ImportFolderFlags extends ImportHostFlags {
  /** Context to use in every file; each file's own when absent. */
  context: string | undefined;
  /** Appends eight hexadecimal digits to each name. */
  unique: boolean;
}

/** What became of one file. */
interface Result {
  file: string;
  name?: string;
  imported: boolean;
  error?: { code: ErrorCode; message: string; todo?: string };
}

/**
 * Imports the cluster of every kubeconfig in a folder, one after the other, and applies there what the printed command would. One
 * that fails keeps no other from being imported; the exit code is that of the first that failed.
 */
export async function importFolder(folder: string, flags: ImportFolderFlags, context: CommandContext): Promise<void> {
  const [files, settings] = await Promise.all([filesIn(folder), readImportSettings(flags)]);
  await context.hub();
  const steps = files.map((path): Step => ({ name: basename(path), state: "waiting", detail: "" }));
  const show = (index: number, state: Step["state"], detail: string): void => {
    steps[index] = { name: basename(files[index] ?? ""), state, detail };
    context.progress.show([...steps]);
  };
  const run = { settings, flags, context, seen: new Map<string, string>() };
  const results: Result[] = [];
  for (const [index, path] of files.entries()) {
    results.push(await importFile(path, run, (state, detail) => show(index, state, detail)));
  }
  await printResults(results, context);
  const failed = results.find(({ error }) => error)?.error;
  if (failed) context.exitWith(new AppError(failed.code, failed.message).exitCode);
}

interface Run {
  settings: ImportSettings;
  flags: ImportFolderFlags;
  context: CommandContext;
  /** Names and clusters of this run, and the file that each came from. */
  seen: Map<string, string>;
}

type Show = (state: Step["state"], detail: string) => void;

async function importFile(path: string, run: Run, show: Show): Promise<Result> {
  const file = basename(path);
  let name: string | undefined;
  try {
    name = await chooseName(path, run);
    await importCluster(path, name, run, show);
    show("done", name);
    return { file, name, imported: true };
  } catch (error) {
    run.context.signal.throwIfAborted();
    const { code, message, todo } = toAppError(error);
    show("failed", message);
    return { file, ...(name && { name }), imported: false, error: { code, message, ...(todo && { todo }) } };
  }
}

async function chooseName(path: string, { flags, seen }: Run): Promise<string> {
  const file = basename(path);
  const name = hostNameFor(file, flags.context ?? (await currentContext(path)));
  if (name === undefined) {
    throw new AppError("USAGE", `${file} says no name for the host`, { todo: "Rename the file." });
  }
  const full = flags.unique ? `${name}-${randomBytes(4).toString("hex")}` : name;
  once(seen, full, file, `${full} is also the name`);
  return full;
}

function importCluster(path: string, name: string, run: Run, show: Show): Promise<void> {
  const { settings, flags, context, seen } = run;
  const { wait, timeout, context: contextName } = flags;
  const found = (cluster: string): void => once(seen, cluster, basename(path), "the same cluster is that");
  return joinCluster({ path, contextName, name, settings, wait, timeout, found }, context, show);
}

/** Throws AppError USAGE for what was there in another file of the same run. */
function once(seen: Map<string, string>, what: string, file: string, same: string): void {
  const first = seen.get(what);
  if (first !== undefined) {
    throw new AppError("USAGE", `${file}: ${same} of ${first}`, { todo: "Rename or remove one of the two files." });
  }
  seen.set(what, file);
}

async function printResults(results: readonly Result[], { io, globals }: CommandContext): Promise<void> {
  const text = await structured({ items: results }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (globals.output === "name") {
    const names = results.flatMap(({ name, imported }) => (imported ? [`hostcluster.inkube.dev/${name}\n`] : []));
    return io.stdout.write(names.join(""));
  }
  const rows = results.map(({ file, name, error }) => [
    file,
    name ?? "-",
    error ? [error.message, error.todo].filter(Boolean).join(" What to do: ") : "imported",
  ]);
  io.stdout.write(
    table(
      ["FILE", "HOST", "RESULT"],
      rows.map((row) => row.map(printable)),
    ),
  );
}
