import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { boundedText } from "../bounded-text.ts";
import { checkedTime } from "../checked-number.ts";
import { keptProjects } from "../kept-projects.ts";
import { bounds, type Schema } from "../schema.ts";
import { firstIdAt } from "../sortable-id.ts";
import type { AuditFilter } from "./audit.ts";

/** What entries must fulfil, all of them having ids below `before`. Times are compared through the ids, which begin with them. */
export function matching(filter: AuditFilter, before: string | undefined) {
  const { projects, from, to } = filter;
  const ends = [before, to === undefined ? undefined : firstIdAt(checkedTime(to))];
  const end = ends.filter((id) => id !== undefined).sort()[0];
  const start = from === undefined ? undefined : firstIdAt(checkedTime(from));
  return (eb: ExpressionBuilder<Schema, "audit">): Expression<SqlBool> => {
    const conditions: Expression<SqlBool>[] = [];
    if (end !== undefined) conditions.push(eb("id", "<", end));
    if (start !== undefined) conditions.push(eb("id", ">", start));
    for (const field of ["action", "kind", "actor"] as const) {
      const wanted = filter[field];
      if (wanted !== undefined) conditions.push(eb(field, "=", boundedText(wanted, bounds.key)));
    }
    if (projects) conditions.push(eb("project", "in", keptProjects(projects)));
    return eb.and(conditions);
  };
}
