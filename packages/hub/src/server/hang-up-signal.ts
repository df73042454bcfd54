import type { ServerResponse } from "node:http";
import { AppError } from "@inkube/api";

/** Aborted when the connection ends before the answer was sent: nobody waits for the rest of the work. */
export function hangUpSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => {
    if (response.writableFinished) return;
    gone.abort(new AppError("KUBE_UNREACHABLE", "The caller hung up before it was answered", { todo: "Ask again." }));
  });
  return gone.signal;
}
