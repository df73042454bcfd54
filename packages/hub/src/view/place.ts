import type { KubeObject } from "@inkube/kube";

/** The value by which an object is sorted. */
export type SortKey = (object: KubeObject) => string;

/** Where an object is in a list: no two have the same, for equal keys are ordered by project and name. */
export type Place = readonly [key: string, project: string, name: string];

export function placeOf(object: KubeObject, sortKey: SortKey): Place {
  return [sortKey(object), object.metadata.namespace ?? "", object.metadata.name];
}

export function comparePlaces(a: Place, b: Place): number {
  for (let index = 0; index < 3; index += 1) {
    const [left, right] = [a[index] as string, b[index] as string];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** The objects in ascending order of their places. */
export function sortedBy(sortKey: SortKey, objects: Iterable<KubeObject>): KubeObject[] {
  const placed = Array.from(objects, (object) => ({ object, place: placeOf(object, sortKey) }));
  return placed.sort((a, b) => comparePlaces(a.place, b.place)).map(({ object }) => object);
}

/** How many of the sorted objects are before a place. */
export function countBefore(sorted: readonly KubeObject[], sortKey: SortKey, place: Place): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const object = sorted[middle];
    if (object && comparePlaces(placeOf(object, sortKey), place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
