import { KubeconfigError } from "../config/kubeconfig-error.ts";
import { KubeError, type KubeErrorCode } from "./kube-error.ts";

/** Where a request went; becomes part of every message. Holds nothing secret: no query, no headers. */
export interface RequestContext {
  method: string;
  /** `https://host:port` */
  origin: string;
  path: string;
}

interface StatusBody {
  kind?: string;
  message?: string;
  reason?: string;
  code?: number;
  details?: { retryAfterSeconds?: number; [field: string]: unknown };
}

const codeByStatus: Record<number, KubeErrorCode> = {
  401: "unauthorized",
  403: "forbidden",
  404: "notFound",
  408: "timeout",
  409: "conflict",
  410: "gone",
  429: "throttled",
  504: "timeout",
};

/** The closed code for an HTTP status and the `reason` that came with it. */
export function codeOf(status: number, reason: string): KubeErrorCode {
  if (reason === "AlreadyExists") return "alreadyExists";
  if (reason === "Expired" || reason === "Gone") return "gone";
  if (reason === "Timeout" || reason === "ServerTimeout") return "timeout";
  const code = codeByStatus[status];
  if (code) return code;
  return status >= 400 && status < 500 ? "invalid" : "server";
}

function parseStatus(text: string): StatusBody | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const body = JSON.parse(text) as StatusBody;
    return body.kind === "Status" ? body : undefined;
  } catch {
    return undefined;
  }
}

/** Method and place of a request as messages show it. */
export function describeRequest(context: RequestContext): string {
  return `${context.method} ${context.origin}${context.path.replace(/\?.*$/s, "")}`;
}

/**
 * The error for an answer that is not a success. `text` is the body: a Status object, or whatever a proxy on the way wrote.
 * `reason` stays empty when the answer was not a Status, so a page of a proxy is never taken for the API server's word.
 */
export function errorFromAnswer(
  context: RequestContext,
  status: number,
  text: string,
  headers: Record<string, string>,
): KubeError {
  const body = parseStatus(text);
  const reason = body?.reason ?? "";
  const seconds = Number(headers["retry-after"] ?? body?.details?.retryAfterSeconds ?? Number.NaN);
  const said = body?.message ?? (text.trim().slice(0, 200) || "no explanation");
  return new KubeError({
    code: codeOf(status, reason),
    message: `${describeRequest(context)}: ${status}: ${said}`,
    explanation: said,
    status,
    reason,
    details: body?.details,
    ...(Number.isFinite(seconds) && { retryAfterMs: seconds * 1000 }),
  });
}

/** The error for a Status object that arrived inside a watch. */
export function errorFromStatus(context: RequestContext, status: unknown): KubeError {
  const body = (status ?? {}) as StatusBody;
  return errorFromAnswer(context, body.code ?? 500, JSON.stringify({ ...body, kind: "Status" }), {});
}

const timeoutCodes = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** The error for a request that got no (whole) answer. */
export function errorFromFailure(context: RequestContext, cause: unknown, signal?: AbortSignal): KubeError {
  if (cause instanceof KubeError) return cause;
  const place = describeRequest(context);
  if (signal?.aborted) return new KubeError({ code: "aborted", message: `${place}: aborted`, cause });
  if (cause instanceof KubeconfigError) {
    return new KubeError({ code: "unauthorized", message: `${place}: ${cause.message}`, cause });
  }
  const { code = "", message = String(cause) } = (cause ?? {}) as { code?: string; message?: string };
  if (timeoutCodes.has(code)) return new KubeError({ code: "timeout", message: `${place}: no answer in time`, cause });
  const detail = message || code;
  return new KubeError({ code: "unreachable", message: `${place}: unreachable: ${detail}`, cause });
}

/** True when the connection broke before an answer: the request may be tried on a fresh one if it changes nothing. */
export function isConnectionReset(error: unknown): boolean {
  const code = (error as { code?: string } | undefined)?.code;
  return code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET";
}
