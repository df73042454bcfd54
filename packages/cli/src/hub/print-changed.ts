import type { KubeObject } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { printable } from "../output/printable.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";

/** Prints an object that was changed, or would have been. `subject` is what a person calls it: `Host edge-1`. */
export async function printChanged(
  object: KubeObject,
  { subject, resource, dryRun }: { subject: string; resource: string; dryRun: boolean },
  { io, globals }: CommandContext,
): Promise<void> {
  const text = await structured(withoutManagedFields(object), globals.output);
  if (text !== undefined) return io.stdout.write(text);
  const said = dryRun ? "would be changed (dry run)" : "is changed";
  const line = globals.output === "name" ? `${resource}/${object.metadata.name}` : `${subject} ${said}`;
  io.stdout.write(`${printable(line)}\n`);
}
