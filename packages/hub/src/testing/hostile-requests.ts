import fc from "fast-check";
import { hostileTexts } from "./hostile-texts.ts";
import type { TestRoute } from "./test-hub.ts";

/** A request as it is thrown at a route. */
export interface HostileRequest {
  url: string;
  headers: Record<string, string>;
  payload?: string;
}

/** Names that lead to something, so that a request gets past the first door. */
export interface KnownNames {
  /** Values of parameters in paths, by name, or by the segment before and the name: `hosts/:name`. */
  params: Readonly<Record<string, readonly string[]>>;
  /** What is behind a route that takes any path. */
  rests: Readonly<Record<string, readonly string[]>>;
  /** Bodies that would be taken, from which hostile ones are made. */
  bodies: readonly object[];
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
);

const json = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" });
const value = fc.oneof(text, json, fc.constantFrom<unknown>(null, -1, 1e308, 0.1, [], {}, [[]], true));

const queryNames = [
  "dryRun",
  "limit",
  "continue",
  "sort",
  "order",
  "name",
  "label",
  "project",
  "host",
  "group",
  "phase",
  "kind",
  "via",
  "uid",
  "from",
  "to",
  "since",
  "actor",
  "action",
  "type",
  "return",
  "port",
  "state",
  "challenge",
  "code",
  "fieldSelector",
  "labelSelector",
  "resourceVersion",
  "resourceVersionMatch",
  "sendInitialEvents",
  "timeoutSeconds",
  "fieldManager",
  "fieldValidation",
  "force",
  "propagationPolicy",
  "gracePeriodSeconds",
  "pretty",
  "__proto__",
  "constructor",
  "a[b]",
];
const query = fc.array(fc.tuple(fc.constantFrom(...queryNames), text), { maxLength: 4 });

const headerNames = [
  "accept",
  "accept-encoding",
  "cookie",
  "expect",
  "forwarded",
  "idempotency-key",
  "if-match",
  "impersonate-user",
  "inkube-project",
  "origin",
  "range",
  "referer",
  "te",
  "user-agent",
  "x-forwarded-for",
  "x-http-method-override",
  "x-inkube-csrf",
  "x-inkube-note",
  "x-request-id",
];
/** What a header can hold at all. */
const headerText = text.map((one) => one.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?").trim());
const headers = fc.dictionary(fc.constantFrom(...headerNames), headerText, { maxKeys: 4 });

const contentTypes = fc.constantFrom(
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=utf-16",
  "application/merge-patch+json",
  "application/json-patch+json",
  "application/apply-patch+yaml",
  "application/strategic-merge-patch+json",
  "application/vnd.kubernetes.protobuf",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "text/plain",
  "application/json, text/plain",
  "application/octet-stream",
  "*/*",
  ";",
  "\u00e9/\u00e9",
);

const garbage = fc.oneof(
  fc.constantFrom(
    "",
    "{",
    "[]",
    '"x"',
    "null",
    "1",
    "\ufeff{}",
    "[".repeat(100_000) + "]".repeat(100_000),
    `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    `{"spec":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    '{"__proto__":{"admin":true},"metadata":{"name":"x"}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"metadata":{"name":"a","name":"b"},"metadata":{"name":"c"}}',
    '{"metadata":{"name":1e400},"spec":-0}',
    `{"name":"${"x".repeat(2_000_000)}"}`,
    JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]))),
    '{"a":"\\ud800"}',
    '[{"op":"replace","path":"/spec/size/cpu","value":"1e999"},{"op":"move","from":"/spec","path":"/spec/size/cpu"}]',
    '[{"op":"add","path":"/metadata/finalizers/-","value":"../x"},{"op":"remove","path":"/kind"}]',
    "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nspec: *c",
    "a=b&c=d",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
  ),
  fc.string({ unit: "binary", maxLength: 200 }),
  json.map((one) => JSON.stringify(one)),
);

/** A body that would be taken, now and then as it is, mostly with some members replaced, at any depth. */
function spoiled(bodies: readonly object[]): fc.Arbitrary<string> {
  const changes = fc.array(fc.record({ at: fc.nat(), value }), { maxLength: 3 });
  return fc.tuple(fc.constantFrom(...bodies), changes).map(([body, all]) => {
    const copy = structuredClone(body) as Record<string, unknown>;
    for (const change of all) replaceMember(copy, change.at, structuredClone(change.value));
    return JSON.stringify(copy);
  });
}

function replaceMember(root: Record<string, unknown>, at: number, value: unknown): void {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (object: Record<string, unknown>): void => {
    for (const [name, member] of Object.entries(object)) {
      places.push([object, name]);
      if (typeof member === "object" && member !== null) walk(member as Record<string, unknown>);
    }
  };
  walk(root);
  const place = places[at % places.length];
  if (place) place[0][place[1]] = value;
}

/** Requests to one route, from nearly right to plain noise. */
export function hostileRequest({ method, url }: TestRoute, known: KnownNames): fc.Arbitrary<HostileRequest> {
  const payload =
    method === "GET" || method === "HEAD"
      ? fc.constant(undefined)
      : fc.oneof({ weight: 3, arbitrary: spoiled(known.bodies) }, { weight: 2, arbitrary: garbage });
  const type = fc.oneof(
    { weight: 4, arbitrary: fc.constant("application/json") },
    { weight: 1, arbitrary: contentTypes },
  );
  return fc.record({ path: hostilePath(url, known), query, headers, payload, type }).map((parts) => ({
    url: parts.path + queryText(parts.query),
    headers: { ...parts.headers, ...(parts.payload !== undefined && { "content-type": parts.type }) },
    ...(parts.payload !== undefined && { payload: parts.payload }),
  }));
}

function queryText(pairs: readonly (readonly [string, string])[]): string {
  return pairs.length === 0 ? "" : `?${pairs.map(([name, one]) => `${name}=${percent(one)}`).join("&")}`;
}

/** Of half a character there is no percent form. */
function percent(one: string): string {
  return encodeURIComponent(one.toWellFormed());
}

function hostilePath(url: string, { params, rests }: KnownNames): fc.Arbitrary<string> {
  const segments = url.split("/").slice(1);
  const parts = segments.map((segment, index): fc.Arbitrary<string> => {
    if (segment === "*") {
      const wild = fc.array(text.map(percent), { maxLength: 5 }).map((all) => all.join("/"));
      return fc.oneof(fc.constantFrom(...(rests[url] ?? [""])), wild);
    }
    if (!segment.startsWith(":")) return fc.constant(segment);
    const right = params[`${segments[index - 1]}/${segment}`] ?? params[segment.slice(1)] ?? ["red-one"];
    // Raw as well: a request line may hold nearly anything.
    const raw = text.map((one) => one.replace(/[^\x21-\x7e]|[?#]/g, ""));
    return fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...right) },
      { weight: 2, arbitrary: text.map(percent) },
      raw,
    );
  });
  return fc.tuple(...parts).map((all) => `/${all.join("/")}`);
}
