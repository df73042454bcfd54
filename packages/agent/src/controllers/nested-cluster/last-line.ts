const maxLength = 200;
/** More than the kubelet keeps of a container's last words. */
const maxInput = 8192;

/** PEM, long base64 or hex runs, bearer tokens and passwords in URLs: whatever could be a secret in a log line. */
const secrets = [
  /-----BEGIN[\s\S]*?(-----END[^-]*-----|$)/g,
  /\b(bearer|token|password|passwd|secret|key)(["']?\s*[:=]\s*["']?)[^\s"',]+/gi,
  /:\/\/[^\s/@]+:[^\s/@]+@/g,
];

/** The last line of a container's output, short, printable and without anything that looks like a secret; "" for none. */
export function lastLine(output: string | undefined): string {
  const clean = secrets
    .reduce((text, pattern) => text.replace(pattern, "[hidden]"), (output ?? "").slice(-maxInput))
    // Names of flags and files are as long, but hold no digits.
    .replace(/[A-Za-z0-9+_=-]{32,}/g, (run) => (/\d/.test(run) ? "[hidden]" : run));
  const lines = clean
    .split("\n")
    .map((line) => line.replace(/[^\x20-\x7e]/g, " ").trim())
    .filter((line) => line !== "");
  const last = lines.at(-1) ?? "";
  return last.length > maxLength ? `${last.slice(0, maxLength)}…` : last;
}
