import type { Duplex } from "node:stream";

/**
 * Joins two connections until both have ended. An end on one side is passed to the other, which may go on sending
 * (half-close); a slow reader slows the writer; an error or an early close on either side destroys both.
 * `onDone` runs once, when both are closed.
 */
export function splice(left: Duplex, right: Duplex, onDone: () => void = () => {}): void {
  let open = 2;
  const closed = (): void => {
    open -= 1;
    if (open === 0) onDone();
  };
  watch(left, right, closed);
  watch(right, left, closed);
  if (left.destroyed || right.destroyed) return;
  left.pipe(right);
  right.pipe(left);
}

function watch(side: Duplex, other: Duplex, closed: () => void): void {
  side.on("error", () => other.destroy());
  side.once("close", () => {
    // `close` without `end` means that the peer went away in the middle; with it, what is buffered still has to leave.
    if (!side.readableEnded || !side.writableFinished) other.destroy();
    closed();
  });
  if (side.destroyed) {
    other.destroy();
    queueMicrotask(closed);
  }
}
