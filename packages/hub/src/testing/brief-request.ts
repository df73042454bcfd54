import { type IncomingMessage, request } from "node:http";
import { systemClock } from "@inkube/kube";

export interface BriefAnswer {
  statusCode: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** What came of it until the connection was cut. */
  body: string;
}

const patienceMs = 60_000;
const readMs = 200;

/**
 * Asks a hub that listens at `url` for what may never end, and breaks off after it has read for a moment. Rejects when there is no
 * answer.
 */
export async function askBriefly(
  url: string,
  asked: { method: string; path: string; headers: Record<string, string> },
): Promise<BriefAnswer> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, ...asked, agent: false, signal: AbortSignal.timeout(patienceMs) });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    // Also that of breaking off.
    sent.on("error", reject);
    sent.end();
  });
  let body = "";
  answer.setEncoding("utf8");
  answer.on("error", () => undefined);
  answer.on("data", (piece: string) => {
    body += piece;
  });
  const over = new AbortController();
  answer.on("close", () => over.abort());
  await systemClock.sleep(readMs, over.signal).catch(() => undefined);
  sent.destroy();
  return { statusCode: answer.statusCode ?? 0, headers: answer.headers, body };
}
