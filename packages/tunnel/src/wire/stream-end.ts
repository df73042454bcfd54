import { constants, type Http2Stream } from "node:http2";

/**
 * Whether a stream that has closed was transferred whole in both directions. Node closes such a stream before it reports
 * that writing has finished, so neither `writableFinished` nor the callback of `end` can tell.
 */
export function endedWell(stream: Http2Stream): boolean {
  return stream.rstCode === constants.NGHTTP2_NO_ERROR && !stream.aborted;
}

/**
 * Ends a stream so that the peer sees it broken. `close` with an error code will not do: it first ends the writing side, so
 * that a peer takes half a body for the whole before it sees the reset. The stream must have a listener for errors.
 */
export function breakOff(stream: Http2Stream): void {
  if (!stream.destroyed) stream.destroy(new Error("The exchange was broken off"));
}
