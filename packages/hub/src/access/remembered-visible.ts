import type { Clock, WatchCache } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { Access } from "./access.ts";
import type { Visible } from "./visible.ts";

export interface RememberedVisibleOptions {
  access: Pick<Access, "onVoid">;
  projects: Pick<WatchCache, "onChange">;
  clock: Clock;
}

/** Added to the time for which verdicts themselves are remembered, so short. */
const rememberMs = 1000;
const mostCallers = 1000;

/**
 * Remembers for a second what a caller may see, and forgets it at once when a role, a binding or a project changes: to work it out
 * for somebody in a hundred projects costs more than the page that he asks for.
 */
export function rememberVisible(
  { access, projects, clock }: RememberedVisibleOptions,
  ask: (principal: Principal) => Promise<Visible>,
): (principal: Principal) => Promise<Visible> {
  const remembered = new Map<string, { until: number; visible: Promise<Visible> }>();
  access.onVoid(() => remembered.clear());
  projects.onChange(() => remembered.clear());
  return (principal) => {
    const key = JSON.stringify([principal.user, principal.groups]);
    const known = remembered.get(key);
    if (known && known.until > clock.now()) return known.visible;
    if (remembered.size >= mostCallers) remembered.clear();
    const entry = { until: clock.now() + rememberMs, visible: ask(principal) };
    remembered.set(key, entry);
    entry.visible.catch(() => remembered.get(key) === entry && remembered.delete(key));
    return entry.visible;
  };
}
