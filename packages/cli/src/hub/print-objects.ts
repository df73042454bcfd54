import { apiVersion } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { printable } from "../output/printable.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { table } from "../output/table.ts";

/** How objects of one kind are shown in a table. */
export interface ObjectTable {
  kind: string;
  /** As in `inkube list -o name`: `hostcluster.inkube.dev`. */
  resource: string;
  header: readonly string[];
  row(object: KubeObject): string[];
  /** What is said when there are none. */
  none: string;
}

/** Prints a list as the person wants it. */
export async function printObjects(
  objects: readonly KubeObject[],
  shape: ObjectTable,
  context: CommandContext,
): Promise<void> {
  const { io, globals } = context;
  const list = { apiVersion, kind: `${shape.kind}List`, items: objects.map(withoutManagedFields) };
  const text = await structured(list, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (globals.output === "name") {
    return io.stdout.write(objects.map(({ metadata }) => `${shape.resource}/${metadata.name}\n`).join(""));
  }
  if (objects.length === 0) return io.stderr.write(`${shape.none}\n`);
  io.stdout.write(
    table(
      shape.header,
      objects.map((object) => shape.row(object).map(printable)),
    ),
  );
}

/** Prints one object: whole for programs, by `lines` for people. */
export async function printObject(
  object: KubeObject,
  lines: readonly string[],
  { io, globals }: CommandContext,
): Promise<void> {
  const text = await structured(withoutManagedFields(object), globals.output);
  io.stdout.write(text ?? lines.map((line) => `${printable(line)}\n`).join(""));
}
