import type { CommandContext } from "../context.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";

/** How things that are no Kubernetes objects are shown in a table. */
export interface RowTable<T> {
  header: readonly string[];
  row(item: T): string[];
  /** What `-o name` prints. */
  nameOf(item: T): string;
  /** What is said when there are none. */
  none: string;
}

/** Prints a list as the person wants it. */
export async function printRows<T>(
  items: readonly T[],
  shape: RowTable<T>,
  { io, globals }: CommandContext,
): Promise<void> {
  const text = await structured({ items }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (globals.output === "name") {
    return io.stdout.write(items.map((item) => `${printable(shape.nameOf(item))}\n`).join(""));
  }
  if (items.length === 0) return io.stderr.write(`${shape.none}\n`);
  io.stdout.write(
    table(
      shape.header,
      items.map((item) => shape.row(item).map(printable)),
    ),
  );
}

/** Prints an answer: whole for programs, one line for people. */
export async function printAnswer(answer: unknown, line: string, { io, globals }: CommandContext): Promise<void> {
  io.stdout.write((await structured(answer, globals.output)) ?? `${printable(line)}\n`);
}
