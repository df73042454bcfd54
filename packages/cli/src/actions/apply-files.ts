import { isDeepStrictEqual } from "node:util";
import { AppError, apiVersion, fieldManagers, group } from "@inkube/api";
import type { Client, KubeObject } from "@inkube/kube";
import { givenFields } from "../clusters/given-fields.ts";
import { missingProject } from "../clusters/missing-project.ts";
import type { CommandContext } from "../context.ts";
import { readWanted, type WantedObject } from "../files/wanted-objects.ts";
import { applyProject } from "../hub/apply-project.ts";
import { printable } from "../output/printable.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { toAppError } from "../present-error.ts";

export interface ApplyFlags {
  file: string[];
  "dry-run": boolean;
}

/** What became of one object. */
export interface Applied {
  result: "created" | "configured" | "unchanged";
  object: unknown;
}

type Wanted = Extract<WantedObject, { kind: "object" }>;

/**
 * Makes what the files say, one object after the other: creates what is missing, changes what differs, leaves alone what the files
 * do not mention. Prints what became of each. Throws what went wrong with some, after the others were done.
 */
export async function applyFiles(flags: ApplyFlags, context: CommandContext): Promise<void> {
  if (flags.file.length === 0) throw new AppError("USAGE", "No file was named", { todo: "inkube apply -f FILE" });
  const wanted = await readWanted(flags.file, context.globals.project, context.io);
  const done: { one: WantedObject; applied: Applied }[] = [];
  const failures: { one: WantedObject; error: AppError }[] = [];
  for (const one of wanted) {
    try {
      done.push({ one, applied: await applyOne(one, flags["dry-run"], context) });
    } catch (error) {
      if (context.signal.aborted) throw error;
      failures.push({ one, error: toAppError(error) });
    }
  }
  await print(done, flags["dry-run"], context);
  if (failures.length > 0) throw together(failures, wanted.length);
}

async function applyOne(one: WantedObject, dryRun: boolean, context: CommandContext): Promise<Applied> {
  if (one.kind === "Namespace") return applyProject(await context.hub(), one, dryRun);
  return applyObject(await context.host(), one, dryRun, context.signal);
}

async function applyObject(host: Client, one: Wanted, dryRun: boolean, signal: AbortSignal): Promise<Applied> {
  const { type, name, namespace, labels, annotations, spec } = one;
  const ref = { name, ...(namespace !== undefined && { namespace }) };
  const write = { fieldManager: fieldManagers.cli, dryRun, signal };
  const metadata = givenFields({ labels, annotations });
  const before = await host.get(type, ref, { signal });
  if (!before) {
    const object = { apiVersion, kind: type.kind, metadata: { ...ref, ...metadata }, ...givenFields({ spec }) };
    const created = await host.create(type, object as KubeObject, write).catch((error: unknown) => {
      throw (namespace !== undefined && missingProject(error, namespace)) || error;
    });
    return { result: "created", object: withoutManagedFields(created) };
  }
  const after = await host.patch(type, ref, givenFields({ metadata, spec }) ?? {}, { type: "merge", ...write });
  const result = isDeepStrictEqual(contentOf(before), contentOf(after)) ? "unchanged" : "configured";
  return { result, object: withoutManagedFields(after) };
}

function contentOf({ metadata, spec }: KubeObject): unknown {
  return { labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {}, spec };
}

async function print(
  done: readonly { one: WantedObject; applied: Applied }[],
  dryRun: boolean,
  { io, globals }: CommandContext,
): Promise<void> {
  const items = done.map(({ one, applied }) => ({ ...namesOf(one), ...applied }));
  const text = await structured({ dryRun, items }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  for (const { one, applied } of done) {
    const said = globals.output === "name" ? "" : ` ${applied.result}${dryRun ? " (dry run)" : ""}`;
    io.stdout.write(`${printable(displayed(one))}${said}\n`);
  }
}

function namesOf(one: WantedObject): { kind: string; name: string; project?: string } {
  if (one.kind === "Namespace") return { kind: one.kind, name: one.name };
  return { kind: one.type.kind, name: one.name, ...(one.namespace !== undefined && { project: one.namespace }) };
}

function displayed(one: WantedObject): string {
  return one.kind === "Namespace" ? `project/${one.name}` : `${one.type.kind.toLowerCase()}.${group}/${one.name}`;
}

/** The class of the first failure, the words of all; with several objects each line says which one it is about. */
function together(failures: readonly { one: WantedObject; error: AppError }[], objects: number): AppError {
  const [first] = failures as [{ one: WantedObject; error: AppError }];
  if (objects === 1) return first.error;
  const lines = failures.flatMap(({ one, error }) =>
    error.message.split("\n").map((line) => `${displayed(one)}: ${line}`),
  );
  const details = failures.map(({ one, error: { code, message, details } }) => {
    return { ...namesOf(one), code, message, ...(Array.isArray(details) && { fields: details as unknown[] }) };
  });
  return new AppError(first.error.code, lines.join("\n"), { todo: first.error.todo, details });
}
