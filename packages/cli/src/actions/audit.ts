import { beginningOf } from "../clusters/period.ts";
import type { CommandContext } from "../context.ts";
import { pagesOf } from "../hub/pages.ts";
import { printRows } from "../hub/print-rows.ts";
import { linesOf } from "../output/lines.ts";
import { printable } from "../output/printable.ts";

const path = "/api/v1/audit";

interface Entry {
  id: string;
  time: string;
  actor: string;
  action: string;
  kind: string;
  project: string | null;
  name: string | null;
  status: number;
  message: string;
}

export interface AuditFlags {
  project: string | undefined;
  actor: string | undefined;
  action: string | undefined;
  kind: string | undefined;
  since: number | undefined;
  from: string | undefined;
  to: string | undefined;
  limit: number;
  csv: boolean;
}

/** Prints the newest entries of the audit log that fit and that the person may see; all of them, oldest last, as CSV. */
export async function listAudit(flags: AuditFlags, context: CommandContext): Promise<void> {
  const { project, actor, action, kind, to } = flags;
  const query = { project, actor, action, kind, from: beginningOf(flags, context.clock), to };
  if (flags.csv) return printCsv(query, context);
  const items = await pagesOf<Entry>(await context.hub(), path, query, flags.limit);
  await printRows(
    items,
    {
      header: ["TIME", "ACTOR", "ACTION", "KIND", "PROJECT", "NAME", "STATUS"],
      row: ({ time, actor, action, kind, project, name, status }) => [
        time,
        actor,
        action,
        kind,
        project ?? "-",
        name ?? "-",
        String(status),
      ],
      nameOf: ({ id }) => `audit/${id}`,
      none: "There are no such entries that you may see",
    },
    context,
  );
}

/** Whole as the hub sends it; on a terminal each line made safe to look at. */
async function printCsv(query: Record<string, string | undefined>, context: CommandContext): Promise<void> {
  const { stdout } = context.io;
  const hub = await context.hub();
  for await (const line of linesOf(hub.stream("/api/v1/audit.csv", query))) {
    stdout.write(stdout.isTTY ? `${printable(line.replace(/\r$/, ""))}\n` : `${line}\n`);
  }
}
