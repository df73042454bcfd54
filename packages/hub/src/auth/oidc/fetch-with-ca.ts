import { request } from "node:https";
import { getCACertificates } from "node:tls";
import type { CustomFetch } from "openid-client";

const mostBytes = 1024 * 1024;

/**
 * A fetch that also trusts this authority (PEM), follows no redirect and takes answers of at most 1 MiB. Rejects as fetch does.
 */
export function fetchWithCa(ca: string | undefined): CustomFetch {
  const trusted = ca === undefined ? {} : { ca: [...getCACertificates("default"), ca] };
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, ...trusted, ...(signal && { signal }) });
      sent.on("error", reject);
      sent.on("response", (answer) => {
        const pieces: Buffer[] = [];
        let length = 0;
        answer.on("error", reject);
        answer.on("data", (piece: Buffer) => {
          length += piece.length;
          if (length > mostBytes) answer.destroy(new Error("The answer is too large"));
          else pieces.push(piece);
        });
        answer.on("end", () => {
          const status = answer.statusCode ?? 500;
          const content = length > 0 ? Buffer.concat(pieces) : null;
          resolve(new Response(content, { status, headers: new Headers(pairs(answer.rawHeaders)) }));
        });
      });
      sent.end(textOf(body));
    });
}

function pairs(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""]] : []));
}

function textOf(body: unknown): string | Uint8Array {
  if (body === null || body === undefined) return "";
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError("This body cannot be sent");
}
