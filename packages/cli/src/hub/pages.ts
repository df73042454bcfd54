import type { HubClient } from "./hub-client.ts";

const pageSize = 200;

/** The first `most` items of a list that is kept in the history, page by page; a page may hold fewer than were asked for. */
export async function pagesOf<T>(
  hub: HubClient,
  path: string,
  query: Record<string, string | undefined>,
  most: number,
): Promise<T[]> {
  const items: T[] = [];
  let next: string | undefined;
  do {
    const limit = String(Math.min(pageSize, most - items.length));
    const page = await hub.get<{ items: T[]; continue?: string }>(path, { ...query, limit, continue: next });
    items.push(...page.items);
    next = page.continue;
  } while (next !== undefined && items.length < most);
  return items;
}
