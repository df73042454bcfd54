const maxLength = 200;

/** PEM, long base64 or hex runs, bearer tokens and passwords in URLs: whatever could be a secret in a log line. */
const secrets = [
  /-----BEGIN[\s\S]*?(-----END[^-]*-----|$)/g,
  /\b(bearer|token|password|passwd|secret|key)(["']?\s*[:=]\s*["']?)[^\s"',]+/gi,
  /:\/\/[^\s/@]+:[^\s/@]+@/g,
  /(?=\S*\d)[A-Za-z0-9+_=-]{32,}/g,
];

/** The last line of a container's output, short, printable and without anything that looks like a secret; "" for none. */
export function lastLine(output: string | undefined): string {
  const clean = secrets.reduce((text, pattern) => text.replace(pattern, "[hidden]"), output ?? "");
  const lines = clean
    .split("\n")
    .map((line) => line.replace(/[^\x20-\x7e]/g, " ").trim())
    .filter((line) => line !== "");
  const last = lines.at(-1) ?? "";
  return last.length > maxLength ? `${last.slice(0, maxLength)}…` : last;
}
