import pico from "picocolors";

/** Colour functions that do nothing where colours are off. */
export interface Colors {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** Colours for one output; off unless it is a terminal and nobody said no. */
export function createColors(enabled: boolean): Colors {
  return pico.createColors(enabled);
}

/** The visible width: escape sequences take no room. */
export function visibleLength(text: string): number {
  return [...text.replace(/\p{Cc}\[[0-9;]*m/gu, "")].length;
}
