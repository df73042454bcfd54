import type { Change, KubeObject } from "@inkube/kube";
import type { Filter } from "./filter.ts";
import { countBefore, placeOf, type SortKey, sortedBy } from "./place.ts";

/** What a list shows, and in what order. Filter and sort key look at nothing but the object. */
export interface ListDefinition {
  /** All objects there are, or at least all that may fit. */
  candidates: Iterable<KubeObject>;
  fits: Filter;
  sortKey: SortKey;
}

/** The objects that fit a filter, sorted, and kept so by telling it every change: asking costs nothing. */
export class LiveList {
  readonly #objects: KubeObject[];
  readonly #fits: Filter;
  readonly sortKey: SortKey;

  constructor({ candidates, fits, sortKey }: ListDefinition) {
    this.#fits = fits;
    this.sortKey = sortKey;
    this.#objects = sortedBy(sortKey, Array.from(candidates).filter(fits));
  }

  /** Ascending. Changes with the next change that it is told. */
  get objects(): readonly KubeObject[] {
    return this.#objects;
  }

  /** Takes a change of what the list was made of. */
  take(change: Change): void {
    const before = change.type !== "added" && this.#fits(change.previous) ? change.previous : undefined;
    const after = change.type !== "deleted" && this.#fits(change.object) ? change.object : undefined;
    if (before && after) this.#replace(before, after);
    else if (before) this.#objects.splice(this.#indexOf(before), 1);
    else if (after) this.#objects.splice(this.#indexOf(after), 0, after);
  }

  /** Most changes leave an object where it is. */
  #replace(before: KubeObject, after: KubeObject): void {
    const [from, to] = [this.#indexOf(before), this.#indexOf(after)];
    if (from === to) {
      this.#objects[from] = after;
      return;
    }
    this.#objects.splice(from, 1);
    this.#objects.splice(from < to ? to - 1 : to, 0, after);
  }

  #indexOf(object: KubeObject): number {
    return countBefore(this.#objects, this.sortKey, placeOf(object, this.sortKey));
  }
}
