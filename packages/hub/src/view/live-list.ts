import type { Change, KubeObject } from "@inkube/kube";
import type { Filter } from "./filter.ts";
import { NameIndex } from "./name-index.ts";
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
  #version = 0;
  /** Until objects come, go or move: most changes are of what is said of one. */
  #names: NameIndex | undefined;

  constructor({ candidates, fits, sortKey }: ListDefinition) {
    this.#fits = fits;
    this.sortKey = sortKey;
    this.#objects = sortedBy(sortKey, Array.from(candidates).filter(fits));
  }

  /** Ascending. Changes with the next change that it is told. */
  get objects(): readonly KubeObject[] {
    return this.#objects;
  }

  /** Grows with every change of the objects. */
  get version(): number {
    return this.#version;
  }

  /** Those whose name contains the part, in the same order. */
  named(part: string): KubeObject[] {
    this.#names ??= new NameIndex(this.#objects.map(({ metadata }) => metadata.name));
    return this.#names.find(part).flatMap((index) => this.#objects[index] ?? []);
  }

  /** Takes a change of what the list was made of. */
  take(change: Change): void {
    const before = change.type !== "added" && this.#fits(change.previous) ? change.previous : undefined;
    const after = change.type !== "deleted" && this.#fits(change.object) ? change.object : undefined;
    if (!before && !after) return;
    this.#version += 1;
    if (before && after) this.#replace(before, after);
    else if (before) this.#remove(this.#indexOf(before));
    else if (after) this.#insert(this.#indexOf(after), after);
  }

  /** Most changes leave an object where it is. */
  #replace(before: KubeObject, after: KubeObject): void {
    const [from, to] = [this.#indexOf(before), this.#indexOf(after)];
    if (from === to) {
      this.#objects[from] = after;
      return;
    }
    this.#remove(from);
    this.#insert(from < to ? to - 1 : to, after);
  }

  #remove(index: number): void {
    this.#objects.splice(index, 1);
    this.#names = undefined;
  }

  #insert(index: number, object: KubeObject): void {
    this.#objects.splice(index, 0, object);
    this.#names = undefined;
  }

  #indexOf(object: KubeObject): number {
    return countBefore(this.#objects, this.sortKey, placeOf(object, this.sortKey));
  }
}
