import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { answerHeaders } from "./answer-headers.ts";
import type { ErrorAnswer } from "./errors.ts";

/** Lines of an answer on a connection that no request could be read from, or that was to become something else. */
export function rawAnswer(status: number, answer: ErrorAnswer, more: Record<string, string> = {}): string {
  const body = JSON.stringify(answer);
  const length = String(Buffer.byteLength(body));
  const headers = {
    ...answerHeaders,
    ...more,
    "content-type": "application/json",
    "content-length": length,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${lines.join("")}\r\n${body}`;
}

/** What is told about bytes that are no request: nothing of them is said again. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [status, message] = {
    ERR_HTTP_REQUEST_TIMEOUT: [408, "The request took too long to arrive"] as const,
    HPE_HEADER_OVERFLOW: [431, "The headers are too large"] as const,
  }[error.code ?? ""] ?? [400, "This is no HTTP request"];
  if (socket.writable) socket.write(rawAnswer(status, { error: { code: "USAGE", message } }));
  socket.destroy();
}
