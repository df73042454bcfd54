import type { AppError } from "@inkube/api";
import type { Clock } from "@inkube/kube";

/**
 * Runs work that must end within `ms`. Its signal is aborted by the person or by the deadline; what it throws because
 * of that becomes AppError INTERRUPTED or TIMEOUT, with the words given.
 */
export async function withDeadline<T>(
  options: { ms: number; clock: Clock; signal: AbortSignal; expired: () => AppError; interrupted: () => AppError },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const expiry = new AbortController();
  const finished = new AbortController();
  const timer = options.clock.sleep(options.ms, finished.signal).then(
    () => expiry.abort(),
    () => undefined,
  );
  try {
    return await work(AbortSignal.any([options.signal, expiry.signal]));
  } catch (error) {
    if (options.signal.aborted) throw options.interrupted();
    if (expiry.signal.aborted) throw options.expired();
    throw error;
  } finally {
    finished.abort();
    await timer;
  }
}
