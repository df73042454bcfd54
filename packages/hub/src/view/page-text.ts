import type { KubeObject } from "@inkube/kube";
import type { Page } from "./page.ts";

/** Prints pages as JSON. An object is printed once and remembered while it is kept: a change makes another object of it. */
export function createPagePrinter(): (page: Page) => string {
  const texts = new WeakMap<KubeObject, string>();
  const textOf = (object: KubeObject): string => {
    const known = texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(object);
    texts.set(object, text);
    return text;
  };
  return ({ items, ...rest }) => `{"items":[${items.map(textOf).join(",")}],${JSON.stringify(rest).slice(1)}`;
}
