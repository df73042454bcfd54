import type { IncomingMessage, ServerResponse } from "node:http";
import type { ApiContext } from "./api-context.ts";
import { ApiFailure, noSuchResource } from "./api-failure.ts";
import { discover } from "./discovery.ts";
import type { FaultRules, SeenRequest, Verdict } from "./faults.ts";
import { type Answer, carryOut } from "./operations.ts";
import { parsePath, type ResourceRequest, seen, verbOf } from "./resource-request.ts";
import { WatchStream } from "./watch-stream.ts";

/** Answers a request itself and returns true, or returns false to leave it to the server. */
export type RequestHook = (request: IncomingMessage, response: ServerResponse) => boolean;

/** What the handling of requests needs besides the objects. */
export interface HandlerOptions {
  context: ApiContext;
  rules: FaultRules;
  watches: Set<WatchStream>;
  bookmarkIntervalMs: () => number;
  onRequest: (request: SeenRequest) => void;
  hook?: RequestHook;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, answer: Answer): void {
  const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
  const status = answer.body as { kind?: string; details?: { retryAfterSeconds?: number } };
  const retry = status.kind === "Status" ? status.details?.retryAfterSeconds : undefined;
  response.writeHead(answer.code, {
    "content-type": typeof answer.body === "string" ? "text/plain" : "application/json",
    "content-length": Buffer.byteLength(text),
    ...(retry === undefined ? {} : { "retry-after": String(retry) }),
  });
  response.end(text);
}

const reasons: Record<number, string> = {
  401: "Unauthorized",
  403: "Forbidden",
  409: "Conflict",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

function injected(answer: NonNullable<Verdict["answer"]>): Answer {
  const { status, retryAfterSeconds } = answer;
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  const failure = new ApiFailure(status, reasons[status] ?? "InternalError", "an injected fault", details);
  return { code: status, body: failure.status };
}

/** The answer to a request outside watches; a refusal becomes its Status. */
function answerTo(context: ApiContext, path: string, request: ResourceRequest | undefined): Answer {
  try {
    if (request !== undefined) return carryOut(context, request);
    if (["/healthz", "/livez", "/readyz"].includes(path)) return { code: 200, body: "ok" };
    const document = discover(context.registry, path);
    if (document === undefined) throw noSuchResource();
    return { code: 200, body: document };
  } catch (error) {
    if (error instanceof ApiFailure) return { code: error.status.code, body: error.status };
    const failure = new ApiFailure(500, "InternalError", `the fake server failed: ${(error as Error).stack}`);
    return { code: 500, body: failure.status };
  }
}

function startWatch(
  options: HandlerOptions,
  request: ResourceRequest,
  verdict: Verdict,
  response: ServerResponse,
): void {
  const { type, namespace, query } = request;
  const selectors = new URLSearchParams(query);
  if (request.name !== "") selectors.set("fieldSelector", `metadata.name=${request.name}`);
  try {
    const stream = new WatchStream({
      context: options.context,
      type,
      namespace,
      query: selectors,
      response,
      bookmarkIntervalMs: options.bookmarkIntervalMs(),
      distortion: verdict.distortion,
    });
    options.watches.add(stream);
    response.on("close", () => options.watches.delete(stream));
    stream.start();
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    send(response, { code: error.status.code, body: error.status });
  }
}

/** Answers one HTTP request: faults first, then the API. */
export async function handleRequest(
  options: HandlerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (options.hook?.(message, response)) return;
  const { context } = options;
  const body = await readBody(message);
  const url = new URL(message.url ?? "/", "http://fake");
  const method = message.method ?? "GET";
  const parsed = parsePath(context.registry, url.pathname);
  const request = parsed && {
    ...parsed,
    method,
    query: url.searchParams,
    contentType: (message.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "",
    userAgent: message.headers["user-agent"] ?? "unknown",
    body,
  };
  const summary = seen(url.pathname, method, request);
  options.onRequest(summary);
  const verdict = options.rules.judge(summary);
  if (verdict.drop === "before") {
    message.socket.destroy();
    return;
  }
  if (verdict.delayMs > 0) await context.clock.sleep(verdict.delayMs);
  // The connection may have been cut while the request waited; then nobody asks any more.
  if (message.socket.destroyed) return;
  if (verdict.answer === undefined && request !== undefined && verbOf(request) === "watch") {
    startWatch(options, request, verdict, response);
    return;
  }
  const answer = verdict.answer ? injected(verdict.answer) : answerTo(context, url.pathname, request);
  if (verdict.drop === "after") message.socket.destroy();
  else send(response, answer);
}
