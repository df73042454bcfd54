import { AppError } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { comparePlaces, countBefore, type Place, placeOf, type SortKey } from "./place.ts";

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

/**
 * One page of objects that are sorted by this key, ascending. The token names the last object of the page before, not a number:
 * objects that come or go between pages neither repeat nor hide others. Throws AppError USAGE for a token of something else.
 */
export function pageOf(sorted: readonly KubeObject[], sortKey: SortKey, request: PageRequest): Page {
  const { limit, order } = request;
  const after = request.continue === undefined ? undefined : decode(request.continue);
  const [start, end] =
    order === "asc"
      ? [firstAfter(sorted, sortKey, after), sorted.length]
      : [0, after ? countBefore(sorted, sortKey, after) : sorted.length];
  const items =
    order === "asc" ? sorted.slice(start, start + limit) : sorted.slice(Math.max(0, end - limit), end).reverse();
  const last = items.at(-1);
  const more = end - start > items.length && last !== undefined;
  return { items, total: sorted.length, ...(more && { continue: encode(placeOf(last, sortKey)) }) };
}

function firstAfter(sorted: readonly KubeObject[], sortKey: SortKey, after: Place | undefined): number {
  if (after === undefined) return 0;
  const index = countBefore(sorted, sortKey, after);
  const there = sorted[index];
  return there && comparePlaces(placeOf(there, sortKey), after) === 0 ? index + 1 : index;
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
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
