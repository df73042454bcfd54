import { AppError } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";

/** What part of a sorted list is asked for. */
export interface PageRequest {
  limit: number;
  /** From an earlier page. */
  continue?: string | undefined;
  order: "asc" | "desc";
}

export interface Page {
  items: KubeObject[];
  /** Present when there is more. */
  continue?: string;
  /** How many fit the filter. */
  total: number;
}

/** The value by which an object is sorted. */
export type SortKey = (object: KubeObject) => string;

/**
 * One page. The token names the last object of the page before, not a number: objects that come or go between pages neither
 * repeat nor hide others. Equal keys are ordered by project and name. Throws AppError USAGE for a token of something else.
 */
export function pageOf(objects: Iterable<KubeObject>, sortKey: SortKey, request: PageRequest): Page {
  const sign = request.order === "asc" ? 1 : -1;
  const places = [...objects].map((object) => ({ object, place: placeOf(object, sortKey) }));
  places.sort((a, b) => sign * compare(a.place, b.place));
  const after = request.continue === undefined ? undefined : decode(request.continue);
  const start = after === undefined ? 0 : firstAfter(places, after, sign);
  const part = places.slice(start, start + request.limit);
  const last = part.at(-1);
  const more = start + part.length < places.length && last !== undefined;
  return {
    items: part.map(({ object }) => object),
    total: places.length,
    ...(more && { continue: Buffer.from(JSON.stringify(last.place)).toString("base64url") }),
  };
}

type Place = readonly [key: string, project: string, name: string];

function placeOf(object: KubeObject, sortKey: SortKey): Place {
  return [sortKey(object), object.metadata.namespace ?? "", object.metadata.name];
}

function compare(a: Place, b: Place): number {
  for (let index = 0; index < 3; index += 1) {
    const [left, right] = [a[index] as string, b[index] as string];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Binary search: the list is sorted already. */
function firstAfter(places: readonly { place: Place }[], after: Place, sign: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const place = places[middle]?.place;
    if (place && sign * compare(place, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function decode(token: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (Array.isArray(place) && place.length === 3 && place.every((part) => typeof part === "string")) {
      return place as unknown as Place;
    }
  } catch {
    // Told below.
  }
  throw new AppError("USAGE", "continue is not a token of this list", { todo: "Begin again without continue." });
}
