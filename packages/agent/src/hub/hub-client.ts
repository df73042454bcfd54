import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  AppError,
  agentPaths,
  type ErrorCode,
  errorTable,
  type JoinAnswer,
  type JoinRequest,
  type Report,
  type WantedLine,
  wantedLineLimit,
} from "@inkube/api";
import { type Client, createClient } from "@inkube/kube";
import type { HubConnection } from "./connection.ts";

/** Talks with the hub's HTTPS API as this host. Failures are AppErrors in the hub's words, or KubeErrors of the connection. */
export interface HubClient {
  join(request: JoinRequest, token: string): Promise<JoinAnswer>;
  report(report: Report, signal: AbortSignal): Promise<{ refused: string[] }>;
  /** Lines until the connection ends; throws when it fails. */
  wanted(signal: AbortSignal): AsyncIterable<WantedLine>;
  close(): Promise<void>;
}

export function createHubClient({ url, ca, proxyUrl }: HubConnection, { token }: { token: string }): HubClient {
  const config = { server: url, ...(ca && { ca }), ...(proxyUrl && { proxyUrl }), connections: 4 };
  const client = createClient({ ...config, token });
  return {
    async join(request, importToken) {
      const once = createClient({ ...config, token: importToken });
      try {
        return await post<JoinAnswer>(once, agentPaths.join, request);
      } finally {
        await once.close();
      }
    },
    report: (report, signal) => post(client, agentPaths.report, report, signal),
    wanted: (signal) => readWanted(client, signal),
    async close() {
      await client.close();
    },
  };
}

async function post<T>(client: Client, path: string, body: object, signal?: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", path, headers, body: JSON.stringify(body), ...(signal && { signal }) };
  const answer = await client.raw(request);
  const content = await text(Readable.from(answer.body));
  if (answer.status >= 300) throw errorOf(answer.status, content);
  return JSON.parse(content) as T;
}

async function* readWanted(client: Client, signal: AbortSignal): AsyncGenerator<WantedLine> {
  const answer = await client.raw({ method: "GET", path: agentPaths.wanted, signal });
  const body = Readable.from(answer.body);
  if (answer.status >= 300) throw errorOf(answer.status, await text(body));
  for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.length > wantedLineLimit) throw new AppError("KUBE_SERVER", "The hub sent a line that is too long");
    if (line !== "") yield JSON.parse(line) as WantedLine;
  }
}

/** What the hub said; the code decides what the agent does next. */
function errorOf(status: number, content: string): AppError {
  const known = parse(content);
  const code = known && known.code in errorTable ? (known.code as ErrorCode) : "KUBE_SERVER";
  return new AppError(code, `The hub answers ${status}: ${known?.message ?? "without a reason"}`);
}

function parse(content: string): { code: string; message: string } | undefined {
  try {
    return (JSON.parse(content) as { error?: { code: string; message: string } }).error;
  } catch {
    return undefined;
  }
}
