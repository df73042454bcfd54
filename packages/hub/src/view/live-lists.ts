import type { WatchCache } from "@inkube/kube";
import { type ListDefinition, LiveList } from "./live-list.ts";

/** Lists of one kind of object that somebody asked for lately. */
export interface LiveLists {
  /** The list of this name; made as defined when it is not kept. Equal names must mean equal definitions. */
  get(name: string, define: () => ListDefinition): LiveList;
}

/** Each costs a little memory, and time with every change. */
const mostKept = 64;

/** Keeps the lists that were asked for last, so that a page that is asked for again and again is not searched and sorted each time. */
export function createLiveLists(cache: Pick<WatchCache, "onChange">): LiveLists {
  const lists = new Map<string, LiveList>();
  cache.onChange((change) => {
    for (const list of lists.values()) list.take(change);
  });
  return {
    get(name, define) {
      const list = lists.get(name) ?? new LiveList(define());
      lists.delete(name);
      lists.set(name, list);
      const [oldest] = lists.keys();
      if (lists.size > mostKept && oldest !== undefined) lists.delete(oldest);
      return list;
    },
  };
}
