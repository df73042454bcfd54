import { AppError } from "@inkube/api";
import type { Clock } from "@inkube/kube";

export interface RateLimitOptions {
  clock: Clock;
  /** So many at once. */
  burst: number;
  /** So many more each second. */
  perSecond: number;
  /** What there was too much of, as the refusal begins: "Too many …". */
  tooMany: string;
}

/** How often something may be done, counted for each key alone. */
export interface RateLimit {
  /** Throws AppError KUBE_THROTTLED when the key has nothing left. */
  take(key: string): void;
}

interface Bucket {
  left: number;
  at: number;
}

/** Keys that are remembered; whoever makes up more of them has the oldest forgotten. */
const mostKeys = 10_000;

/** Token buckets in memory: each replica counts for itself. */
export function createRateLimit({ clock, burst, perSecond, tooMany }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const now = clock.now();
      const { left, at } = buckets.get(key) ?? { left: burst, at: now };
      const filled = Math.min(burst, left + (Math.max(0, now - at) * perSecond) / 1000);
      if (filled < 1) throw new AppError("KUBE_THROTTLED", tooMany, { todo: "Try again in a few seconds." });
      // Set anew, so that the first of the map is the one that was not asked for longest.
      buckets.delete(key);
      buckets.set(key, { left: filled - 1, at: now });
      const [oldest] = buckets.keys();
      if (buckets.size > mostKeys && oldest !== undefined) buckets.delete(oldest);
    },
  };
}
