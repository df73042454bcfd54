import { parseQuantity } from "@inkube/kube";
import type { Colors } from "../output/colors.ts";
import { printable } from "../output/printable.ts";
import { table } from "../output/table.ts";
import type { UsageFact } from "./cluster-facts.ts";

/** What people give a nested cluster; always shown, in this order. */
const sizes = ["cpu", "memory", "storage", "pods"];

/** From this share of its limit on, anything else is worth a look too. */
const nearlyAll = 0.8;

/**
 * A table of what is used of each quota, with its header, as lines: the cluster's size and what is nearly used up, or with
 * `all` everything. Says how much it left out; empty when there is no quota.
 */
export function usageLines(usage: readonly UsageFact[], { all, colors }: { all: boolean; colors: Colors }): string[] {
  if (usage.length === 0) return [];
  const named = usage.map((fact) => ({ ...fact, resource: fact.resource.replace(/^requests\./, "") }));
  const shown = named.filter((fact) => all || sizes.includes(fact.resource) || isTight(fact)).sort(bySize);
  const rows = shown.map((fact) => {
    const used = printable(fact.used);
    return [printable(fact.resource), isTight(fact) ? colors.yellow(used) : used, printable(fact.limit)];
  });
  const lines = shown.length === 0 ? [] : table(["RESOURCE", "USED", "HARD"], rows).trimEnd().split("\n");
  const rest = usage.length - shown.length;
  return rest === 0 ? lines : [...lines, colors.dim(`${rest} more with -o wide`)];
}

function isTight({ used, limit }: UsageFact): boolean {
  const amount = parseQuantity(used);
  return amount > 0 && amount >= nearlyAll * parseQuantity(limit);
}

function bySize(a: UsageFact, b: UsageFact): number {
  return rank(a) - rank(b) || a.resource.localeCompare(b.resource, "en");
}

function rank({ resource }: UsageFact): number {
  const place = sizes.indexOf(resource);
  return place < 0 ? sizes.length : place;
}
