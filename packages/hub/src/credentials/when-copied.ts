import type { Clock, WatchCache } from "@inkube/kube";

/** A watch that lags for longer is no reason to keep the caller waiting, milliseconds. */
const patienceMs = 2_000;

/**
 * Waits until a copy shows what was just written, so that whoever asks next finds it. Resolves after two seconds anyway, and at
 * once while the copy is not kept up to date.
 */
export async function whenCopied(cache: WatchCache, clock: Clock, isShown: () => boolean): Promise<void> {
  if (!cache.synced || isShown()) return;
  const shown = Promise.withResolvers<void>();
  const stop = cache.onChange(() => {
    if (isShown()) shown.resolve();
  });
  const over = new AbortController();
  await Promise.race([shown.promise, clock.sleep(patienceMs, over.signal).catch(() => undefined)]);
  over.abort();
  stop();
}
