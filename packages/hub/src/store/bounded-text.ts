const ellipsis = "…";
const ellipsisBytes = 3;

/**
 * The text as both databases keep it, in at most `maxBytes` of UTF-8: what is too long ends in "…", a NUL (which
 * PostgreSQL refuses) and halves of surrogate pairs become U+FFFD. The same for filters, so that they find what was written.
 */
export function boundedText(text: string, maxBytes: number): string {
  // A character is at least a byte, so nothing behind this can stay: a text of megabytes is not walked through.
  const clean = text
    .slice(0, maxBytes + 1)
    .replaceAll("\0", "\ufffd")
    .toWellFormed();
  if (Buffer.byteLength(clean) <= maxBytes) return clean;
  const { read } = new TextEncoder().encodeInto(clean, new Uint8Array(maxBytes - ellipsisBytes));
  return clean.slice(0, read) + ellipsis;
}

/** As `boundedText`; null for what is absent. */
export function boundedOrNull(text: string | undefined, maxBytes: number): string | null {
  return text === undefined ? null : boundedText(text, maxBytes);
}
