import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { AppError, type ErrorCode, errorTable, type FieldError } from "@inkube/api";
import type { Client } from "@inkube/kube";
import { toAppError } from "../present-error.ts";
import type { SignedIn } from "./hub-config.ts";

/** The hub's HTTP API as somebody. Failures are AppErrors in the hub's words. */
export interface HubClient {
  readonly url: string;
  call<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  get<T>(path: string, query: Query): Promise<T>;
  /** Every page of a list. */
  list<T>(path: string, query?: Query): Promise<T[]>;
  /** The bytes of an answer as they come; ends early by the signal, else by that of the client. */
  stream(path: string, query: Query, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Parameters of a request; those without a value are left out. */
export type Query = Record<string, string | undefined>;

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
    send<T>(client, { url: hub.url, method, path, body, headers, signal });
  const get = <T>(path: string, query: Query): Promise<T> => call<T>("GET", withQuery(path, query));
  return {
    url: hub.url,
    call,
    get,
    async list<T>(path: string, query: Query = {}) {
      const items: T[] = [];
      let next: string | undefined;
      do {
        const page = await get<{ items: T[]; continue?: string }>(path, {
          ...query,
          limit: String(pageSize),
          continue: next,
        });
        items.push(...page.items);
        next = page.continue;
      } while (next !== undefined);
      return items;
    },
    async *stream(path: string, query: Query, stop = signal) {
      const answer = await client
        .raw({ method: "GET", path: withQuery(path, query), signal: stop })
        .catch(throwUnreachable(hub.url));
      const body = unbroken(answer.body, stop);
      if (answer.status >= 300) throw errorOf(answer.status, await text(Readable.from(body)));
      yield* body;
    },
    close: () => client.close(),
  };
}

function withQuery(path: string, query: Query): string {
  const used = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  return used.length === 0 ? path : `${path}?${used.join("&")}`;
}

interface Call {
  /** Of the hub. */
  url: string;
  method: string;
  path: string;
  body: unknown;
  headers: Record<string, string>;
  signal: AbortSignal;
}

async function send<T>(client: Client, { url, method, path, body, headers, signal }: Call): Promise<T> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const typed = body === undefined ? headers : { "content-type": "application/json", ...headers };
  const answer = await client.raw({ method, path, headers: typed, signal, ...sent }).catch(throwUnreachable(url));
  const content = await text(Readable.from(unbroken(answer.body, signal)));
  if (answer.status >= 300) throw errorOf(answer.status, content);
  return (content === "" ? undefined : JSON.parse(content)) as T;
}

/** In words about hubs: what stands in the table of errors is about kubeconfigs. */
function throwUnreachable(url: string): (error: unknown) => never {
  return (error) => {
    if (toAppError(error).code !== "KUBE_UNREACHABLE") throw error;
    const cause = error instanceof Error ? `: ${error.message.replace(/^.*unreachable: /, "")}` : "";
    throw new AppError("KUBE_UNREACHABLE", `The hub ${url} does not answer${cause}`, {
      todo: "Check the address. If the hub was made anew, or its certificate is not known to this machine, sign in again: inkube login, with --ca-file for the authority of a hub elsewhere.",
      cause: error,
    });
  };
}

/** The bytes of an answer. Throws AppError KUBE_UNREACHABLE when they end before the answer does. */
async function* unbroken(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new AppError("KUBE_UNREACHABLE", "The connection to the hub broke", { todo: "Try again.", cause });
  }
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
