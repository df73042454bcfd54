import type { Clock, Logger } from "@inkube/kube";

const windowMs = 60_000;
const mostInWindow = 100;

/**
 * Lets a hundred entries a minute of callers that nobody knows into the audit log. Without it anybody who reaches the hub could
 * fill its disk, and so stop every change.
 */
export function createAnonymousLimit({ clock, logger }: { clock: Clock; logger: Logger }): () => boolean {
  let [began, taken, left] = [clock.now(), 0, 0];
  return () => {
    if (clock.now() - began >= windowMs) {
      if (left > 0) logger.warn({ requests: left }, "Left refused anonymous requests out of the audit log");
      [began, taken, left] = [clock.now(), 0, 0];
    }
    if (taken < mostInWindow) taken += 1;
    else left += 1;
    return left === 0;
  };
}
