import type { Clock } from "@inkube/kube";
import type { WebSocket } from "ws";

const tickMs = 5_000;
const ticksBetweenPings = 2;
const silentTicksAllowed = 4;

/**
 * Pings the peer every 10 s and resolves when nothing at all was heard from it for 20 to 25 s: a network that swallows
 * packets breaks no connection by itself. Rejects when aborted. Intervals are counted, not read from the clock, so that a
 * clock that is set does not end a healthy connection.
 */
export async function untilSilent(webSocket: WebSocket, clock: Clock, signal: AbortSignal): Promise<void> {
  let silentTicks = 0;
  const heard = () => {
    silentTicks = 0;
  };
  for (const event of ["message", "ping", "pong"]) webSocket.on(event, heard);
  for (let tick = 1; silentTicks < silentTicksAllowed; tick += 1) {
    await clock.sleep(tickMs, signal);
    silentTicks += 1;
    if (tick % ticksBetweenPings === 0 && webSocket.readyState === webSocket.OPEN)
      webSocket.ping(undefined, undefined, ignore);
  }
}

/** A ping that cannot be written is no news: the connection ends by its own event or by silence. */
function ignore(): void {}
