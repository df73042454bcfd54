import type { Clock } from "@inkube/kube";

/** Asks `fetch` at most once per `ms`; a failure is not remembered. Callers at the same time share one request. */
export function remembered<T>(fetch: () => Promise<T>, ms: number, clock: Clock): () => Promise<T> {
  let held: { value: T; until: number } | undefined;
  let pending: Promise<T> | undefined;
  return () => {
    if (held && clock.now() < held.until) return Promise.resolve(held.value);
    pending ??= fetch()
      .then((value) => {
        held = { value, until: clock.now() + ms };
        return value;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
}
