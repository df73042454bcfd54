import { AppError } from "@inkube/api";
import type { CommandContext } from "../context.ts";
import { type DeleteFlags, deleteByHub, plainDeletion } from "../hub/delete-by-hub.ts";
import { printAnswer } from "../hub/print-rows.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { table } from "../output/table.ts";

const path = "/api/v1/keys";
const limitPath = "/api/v1/settings/api-keys";

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
  flags: { days: number; description: string | undefined; "dry-run": boolean },
  context: CommandContext,
): Promise<void> {
  const body = { name, days: flags.days, ...(flags.description && { description: flags.description }) };
  const hub = await context.hub();
  const { io, globals, progress } = context;
  if (flags["dry-run"]) {
    const possible = await hub.call("POST", `${path}?dryRun=true`, body);
    return printAnswer(possible, `API key ${name} could be made (dry run)`, context);
  }
  const key = await hub.call<Key & { token: string }>("POST", path, body);
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
export async function revokeKey(id: string, flags: { "dry-run": boolean }, context: CommandContext): Promise<void> {
  const dryRun = flags["dry-run"];
  const one = `${path}/${encodeURIComponent(id)}/revoke?dryRun=${dryRun}`;
  const key = await (await context.hub()).call<Key>("POST", one);
  await printAnswer(key, dryRun ? `${key.name} could be revoked (dry run)` : `Revoked ${key.name}`, context);
}

/** Forgets a key for good; it stops counting at once. */
export function deleteKey(id: string, flags: DeleteFlags, context: CommandContext): Promise<void> {
  return deleteByHub(plainDeletion("API key", path, { id }), flags, context);
}

/** Prints how many API keys each user may have, and sets it when a number is given. Throws AppError USAGE for another word. */
export async function limitKeys(
  count: string | undefined,
  flags: { "dry-run": boolean },
  context: CommandContext,
): Promise<void> {
  const dryRun = flags["dry-run"];
  const perUser = count === undefined ? undefined : Number(count);
  if (count !== undefined && !/^\d{1,9}$/.test(count)) {
    throw new AppError("USAGE", `${count} is no number of API keys`, { todo: "Write a whole number from 1 to 1000." });
  }
  const hub = await context.hub();
  const limit =
    perUser === undefined
      ? await hub.call<{ perUser: number }>("GET", limitPath)
      : await hub.call<{ perUser: number }>("PUT", `${limitPath}?dryRun=${dryRun}`, { perUser });
  const said = `Each user may have ${limit.perUser} API keys`;
  await printAnswer(limit, perUser !== undefined && dryRun ? `${said} (dry run)` : said, context);
}
