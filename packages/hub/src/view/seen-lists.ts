import type { KubeObject } from "@inkube/kube";
import type { Filter } from "./filter.ts";
import type { LiveList } from "./live-list.ts";

/** What of a list passes a filter; worked out again only when the list has changed. */
export type SeenLists = (list: LiveList, filter: Filter) => readonly KubeObject[];

/** Remembers by the filter itself, for as long as somebody holds it. */
export function createSeenLists(): SeenLists {
  const known = new WeakMap<Filter, WeakMap<LiveList, { version: number; objects: readonly KubeObject[] }>>();
  return (list, filter) => {
    const ofFilter = known.get(filter) ?? new WeakMap();
    known.set(filter, ofFilter);
    const before = ofFilter.get(list);
    if (before?.version === list.version) return before.objects;
    const objects = list.objects.filter(filter);
    ofFilter.set(list, { version: list.version, objects });
    return objects;
  };
}
