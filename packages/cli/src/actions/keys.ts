import type { CommandContext } from "../context.ts";
import { printAnswer } from "../hub/print-rows.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";
import { mustBeConfirmed } from "./confirm.ts";

const path = "/api/v1/keys";

interface Key {
  id: string;
  name: string;
  description: string;
  createdAt: string;
  expiresAt?: string;
  state: string;
}

/** Makes an API key and prints it: it can never be read again. */
export async function createKey(
  name: string,
  flags: { days: number; description: string | undefined },
  context: CommandContext,
): Promise<void> {
  const body = { name, days: flags.days, ...(flags.description && { description: flags.description }) };
  const key = await (await context.hub()).call<Key & { token: string }>("POST", path, body);
  const { io, globals, progress } = context;
  const text = await structured(key, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  progress.log(`This key is shown only now; it expires ${key.expiresAt}`);
  io.stdout.write(`${key.token}\n`);
}

/** Prints the person's API keys, without what opens anything. */
export async function listKeys(context: CommandContext): Promise<void> {
  const { items } = await (await context.hub()).call<{ items: Key[] }>("GET", path);
  const { io, globals } = context;
  const text = await structured({ items }, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  if (items.length === 0) return io.stderr.write("You have no API keys\n");
  const rows = items.map(({ id, name, state, expiresAt, description }) => [
    id,
    name,
    state,
    expiresAt ?? "never",
    description,
  ]);
  io.stdout.write(
    table(
      ["ID", "NAME", "STATE", "EXPIRES", "DESCRIPTION"],
      rows.map((row) => row.map(printable)),
    ),
  );
}

/** Stops a key from counting, at once. */
export async function revokeKey(id: string, context: CommandContext): Promise<void> {
  const key = await (await context.hub()).call<Key>("POST", `${path}/${encodeURIComponent(id)}/revoke`);
  context.io.stdout.write((await structured(key, context.globals.output)) ?? `Revoked ${key.name}\n`);
}

/** Forgets a key for good; it stops counting at once. */
export async function deleteKey(id: string, flags: { yes: boolean }, context: CommandContext): Promise<void> {
  await mustBeConfirmed(`Delete API key ${id}?`, flags.yes, context);
  await (await context.hub()).call("DELETE", `${path}/${encodeURIComponent(id)}`);
  await printAnswer({ id, deleted: true }, `API key ${id} is deleted`, context);
}
