/**
 * Headers of every answer. Nothing of it is kept anywhere, as most of it is somebody's own; nothing of it runs, loads or is framed
 * as a page, whatever it holds; nobody is led here without TLS again.
 */
export const answerHeaders: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};
