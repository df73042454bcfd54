import type { CommandContext } from "../context.ts";
import { type DeleteFlags, deleteByHub } from "../hub/delete-by-hub.ts";
import { printRows } from "../hub/print-rows.ts";

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
export function endSession(id: string, flags: DeleteFlags, context: CommandContext): Promise<void> {
  const deletion = {
    question: `End session ${id}?`,
    path: `${path}/${encodeURIComponent(id)}`,
    subject: { id },
    outcome: { ended: true },
    done: `Session ${id} is ended`,
    possible: `Session ${id} could be ended`,
  };
  return deleteByHub(deletion, flags, context);
}
