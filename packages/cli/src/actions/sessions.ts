import type { CommandContext } from "../context.ts";
import { printAnswer, printRows } from "../hub/print-rows.ts";
import { mustBeConfirmed } from "./confirm.ts";

const path = "/api/v1/sessions";

interface Session {
  id: string;
  user: string;
  place: string;
  createdAt: string;
  expiresAt: string;
}

/** Prints the sessions that count now: one's own, for administrators of the hub everybody's. */
export async function listSessions(context: CommandContext): Promise<void> {
  const { items } = await (await context.hub()).call<{ items: Session[] }>("GET", path);
  await printRows(
    items,
    {
      header: ["ID", "USER", "PLACE", "BEGAN", "ENDS"],
      row: ({ id, user, place, createdAt, expiresAt }) => [id, user, place, createdAt, expiresAt],
      nameOf: ({ id }) => `session/${id}`,
      none: "There are no sessions",
    },
    context,
  );
}

/** Ends a session at once, what it has open included. */
export async function endSession(id: string, flags: { yes: boolean }, context: CommandContext): Promise<void> {
  await mustBeConfirmed(`End session ${id}?`, flags.yes, context);
  await (await context.hub()).call("DELETE", `${path}/${encodeURIComponent(id)}`);
  await printAnswer({ id, ended: true }, `Session ${id} is ended`, context);
}
