import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { boundedText } from "../bounded-text.ts";
import { checkedTime } from "../checked-number.ts";
import { keptProjects } from "../kept-projects.ts";
import { bounds, type Schema } from "../schema.ts";
import type { EventAudience, EventPageRequest } from "./events.ts";

/** Where in the order of the list an event is. */
export type EventPosition = [lastTime: number, object: string, host: string, uid: string];

type Builder = ExpressionBuilder<Schema, "events">;

/** The condition of a filter, behind a position. */
export function matching(filter: Omit<EventPageRequest, "limit" | "cursor">, after: EventPosition | undefined) {
  const { audience, project, cluster, host, severity, since } = filter;
  return (eb: Builder): Expression<SqlBool> => {
    const conditions: Expression<SqlBool>[] = [];
    if (audience?.projects || audience?.hosts)
      conditions.push(eb.or([ofClusters(eb, audience), ofHosts(eb, audience)]));
    // An empty name is no name: it would find the events of hosts.
    if (project !== undefined) conditions.push(eb("project", "=", key(project)), eb("project", "!=", ""));
    if (cluster !== undefined) conditions.push(eb("cluster", "=", key(cluster)), eb("cluster", "!=", ""));
    if (host !== undefined) conditions.push(eb("host", "=", key(host)));
    if (severity !== undefined) conditions.push(eb("type", "=", severity));
    if (since !== undefined) conditions.push(eb("lastTime", ">=", checkedTime(since)));
    if (after) {
      const position = eb.tuple(after[0], after[1], after[2], after[3]);
      conditions.push(eb(eb.refTuple("lastTime", "object", "host", "uid"), "<", position));
    }
    return eb.and(conditions);
  };
}

function ofClusters(eb: Builder, { projects }: EventAudience): Expression<SqlBool> {
  const some = eb("project", "!=", "");
  if (!projects) return some;
  return projects.length === 0 ? eb.lit(false) : eb.and([some, eb("project", "in", keptProjects(projects))]);
}

function ofHosts(eb: Builder, { hosts }: EventAudience): Expression<SqlBool> {
  const some = eb("project", "=", "");
  if (!hosts) return some;
  return hosts.length === 0 ? eb.lit(false) : eb.and([some, eb("host", "in", hosts.map(key))]);
}

function key(text: string): string {
  return boundedText(text, bounds.key);
}
