import type { Duplex } from "node:stream";

/**
 * Joins two connections until both have ended. An end on one side is passed to the other, which may go on sending
 * (half-close); a slow reader slows the writer; an error or an early close on either side destroys both.
 */
export function splice(left: Duplex, right: Duplex): void {
  watch(left, right);
  watch(right, left);
  if (left.destroyed || right.destroyed) {
    left.destroy();
    right.destroy();
    return;
  }
  left.pipe(right);
  right.pipe(left);
}

function watch(side: Duplex, other: Duplex): void {
  side.on("error", () => other.destroy());
  side.once("close", () => {
    // `close` without `end` means that the peer went away in the middle; with it, what is buffered still has to leave.
    if (!side.readableEnded || !side.writableFinished) other.destroy();
  });
}
