import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { agentPaths, type Report, type WantedLine } from "@inkube/api";
import type { TestHub } from "./test-hub.ts";

/** What is wanted, as it comes; `closed` resolves when nothing can come any more. */
export interface OpenWanted {
  readonly lines: WantedLine[];
  readonly closed: Promise<unknown>;
  stop(): void;
}

/** Follows what is wanted of a host, on a hub that listens at `url`. Resolves once all of it was told. */
export async function openWanted(url: string, token: string): Promise<OpenWanted> {
  const sent = request(url + agentPaths.wanted, { headers: { authorization: `Bearer ${token}` } });
  sent.on("error", () => undefined);
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  if (answer.statusCode !== 200) throw new Error(`Status ${answer.statusCode}`);
  const lines: WantedLine[] = [];
  const synced = Promise.withResolvers<void>();
  answer.on("error", () => undefined);
  const reader = createInterface({ input: answer });
  reader.on("error", () => undefined);
  reader.on("line", (text) => {
    const line = JSON.parse(text) as WantedLine;
    lines.push(line);
    if (line.type === "synced") synced.resolve();
  });
  const closed = new Promise((resolve) => answer.on("close", resolve));
  await Promise.race([synced.promise, closed]);
  return { lines, closed, stop: () => sent.destroy() };
}

/** Sends a report as a host. */
export function report(test: TestHub, token: string | undefined, body: Report & Record<string, unknown>) {
  return test.call(token, "POST", agentPaths.report, body);
}
