import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { AppError, type ErrorCode, errorTable, type FieldError } from "@inkube/api";
import type { Client } from "@inkube/kube";
import type { SignedIn } from "./hub-config.ts";

/** The hub's HTTP API as somebody. Failures are AppErrors in the hub's words. */
export interface HubClient {
  readonly url: string;
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  /** Every page of a list. */
  list<T>(path: string, query?: Record<string, string | undefined>): Promise<T[]>;
  close(): Promise<void>;
}

export interface HubClientOptions {
  signal: AbortSignal;
  token?: string;
}

const pageSize = 500;

/** Opens no connection until the first call. */
export async function openHub(
  hub: Pick<SignedIn, "url" | "ca">,
  { signal, token }: HubClientOptions,
): Promise<HubClient> {
  const { createClient } = await import("@inkube/kube");
  const client = createClient({ server: hub.url, ...(hub.ca && { ca: hub.ca }), ...(token && { token }) });
  const call = <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> =>
    send<T>(client, { method, path, body, headers, signal });
  return {
    url: hub.url,
    call,
    async list<T>(path: string, query: Record<string, string | undefined> = {}) {
      const items: T[] = [];
      let next: string | undefined;
      do {
        const given = Object.entries({ ...query, limit: String(pageSize), continue: next });
        const used = given.flatMap(([key, value]) =>
          value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
        );
        const page = await call<{ items: T[]; continue?: string }>("GET", `${path}?${used.join("&")}`);
        items.push(...page.items);
        next = page.continue;
      } while (next !== undefined);
      return items;
    },
    close: () => client.close(),
  };
}

interface Call {
  method: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
  signal: AbortSignal;
}

async function send<T>(client: Client, { method, path, body, headers, signal }: Call): Promise<T> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const typed = body === undefined ? headers : { "content-type": "application/json", ...headers };
  const answer = await client.raw({ method, path, headers: typed, signal, ...sent });
  const content = await text(Readable.from(answer.body));
  if (answer.status >= 300) throw errorOf(answer.status, content);
  return (content === "" ? undefined : JSON.parse(content)) as T;
}

interface ErrorBody {
  error?: { code: string; message: string; todo?: string; fields?: FieldError[] };
}

function errorOf(status: number, content: string): AppError {
  const said = parse(content)?.error;
  if (!said) return new AppError("KUBE_SERVER", `The hub answers ${status}`, { todo: "Look at the hub's log." });
  const code = said.code in errorTable ? (said.code as ErrorCode) : "KUBE_SERVER";
  const message = said.fields?.length
    ? said.fields.map(({ field, message }) => `${field}: ${message}`).join("\n")
    : said.message;
  return new AppError(code, message, {
    ...(said.todo && { todo: said.todo }),
    ...(said.fields && { details: said.fields }),
  });
}

function parse(content: string): ErrorBody | undefined {
  try {
    return JSON.parse(content) as ErrorBody;
  } catch {
    return undefined;
  }
}
