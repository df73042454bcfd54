import { TunnelMessageError } from "../tunnel-errors.ts";
import { headerBytes, headerPairs } from "./limits.ts";

/** Headers to send. Names in any case; a list is sent as so many headers of that name. `http.IncomingHttpHeaders` fits. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Headers as they came: names in lower case, a list for a name that came more than once. */
export type ReceivedHeaders = Record<string, string | string[]>;

/** Carries the method of an upgrade, which HTTP/2 has no place for: Kubernetes authorises exec by it. Never passed on. */
export const upgradeMethodHeader = "inkube-upgrade-method";

const hopByHop = new Set([
  "connection",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  upgradeMethodHeader,
]);

/**
 * Whether a header is about one connection and so never passed on. What `Connection` names besides is passed on all the
 * same: a caller could otherwise have headers removed that the hub itself has set, such as those of impersonation.
 */
function isHopByHop(name: string): boolean {
  return hopByHop.has(name) || name.startsWith("proxy-");
}

const validName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const validValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The headers to put on the wire: names in lower case, none that belongs to one connection. Throws
 * {@link TunnelMessageError} for a name or value that HTTP does not allow, line breaks above all, and for too many.
 */
export function toWire(headers: HeaderFields = {}, omit?: string): Record<string, string | string[]> {
  const fields = new Map<string, string[]>();
  let bytes = 0;
  let pairs = 0;
  for (const [anyCase, given] of Object.entries(headers)) {
    const name = anyCase.toLowerCase();
    if (given === undefined) continue;
    if (!validName.test(name)) throw new TunnelMessageError(`${JSON.stringify(anyCase)} is not a header name`);
    if (isHopByHop(name) || name === omit) continue;
    const values = (typeof given === "string" ? [given] : given).map((value) => checkedValue(name, value));
    fields.set(name, [...(fields.get(name) ?? []), ...values]);
    pairs += values.length;
    for (const value of values) bytes += name.length + value.length + 32;
  }
  if (pairs > headerPairs) throw new TunnelMessageError(`${pairs} headers are more than ${headerPairs}`);
  if (bytes > headerBytes) throw new TunnelMessageError(`${bytes} bytes of headers are more than ${headerBytes}`);
  return collapse(fields);
}

function checkedValue(name: string, value: unknown): string {
  // The value is not shown: it may be a credential.
  if (typeof value !== "string" || !validValue.test(value)) {
    throw new TunnelMessageError(`The value of header ${name} has characters that are not allowed`);
  }
  return value.replace(/^[\t ]+|[\t ]+$/g, "");
}

/** Reads the raw list of names and values of Node, which unlike its object keeps apart the values of repeated headers. */
export function fromWire(raw: readonly string[]): ReceivedHeaders {
  const fields = new Map<string, string[]>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? "").toLowerCase();
    if (name.startsWith(":") || isHopByHop(name)) continue;
    fields.set(name, [...(fields.get(name) ?? []), raw[at + 1] ?? ""]);
  }
  const crumbs = fields.get("cookie");
  // HTTP/2 lets a sender break up a cookie; everything else expects one.
  if (crumbs) fields.set("cookie", [crumbs.join("; ")]);
  return collapse(fields);
}

/** The first value of a header or pseudo header in the raw list. */
export function rawValue(raw: readonly string[], name: string): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at] === name) return raw[at + 1];
  return undefined;
}

// Object.fromEntries defines properties, so that a header named __proto__ is only a header.
function collapse(fields: Map<string, string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    [...fields].flatMap(([name, values]) => {
      const [first] = values;
      return first === undefined ? [] : [[name, values.length === 1 ? first : values]];
    }),
  );
}
