import type { Readable } from "node:stream";
import type { ClusterConfig } from "../config/cluster-config.ts";
import { type Credential, type Credentials, createCredentials } from "../config/credentials.ts";
import type { Clock } from "../types.ts";
import type { RawRequest, UpgradeResult } from "./client.ts";
import { type ConnectionPools, createConnectionPools } from "./connection-pools.ts";
import { type Answer, type Exchange, readLines, readStream, readWhole } from "./exchange.ts";
import { KubeError } from "./kube-error.ts";
import { errorFromAnswer, errorFromFailure, isConnectionReset, type RequestContext } from "./status-error.ts";
import { openUpgrade } from "./upgrade.ts";

/** Sends requests as one identity. Paths begin with "/" and are below the server's prefix. Failures are KubeErrors. */
export interface Transport {
  /** A short exchange; any HTTP status is an answer. */
  send(request: RawRequest): Promise<Answer>;
  /** An answer of lines of JSON, parsed as they come; `opened` runs when the server accepted. A refusal throws. */
  lines(request: RawRequest, opened?: () => void): AsyncIterable<unknown>;
  /** An answer of any length, streamed; any HTTP status is an answer. */
  stream(request: RawRequest): Promise<Omit<Answer, "text"> & { body: Readable }>;
  upgrade(request: RawRequest): Promise<UpgradeResult>;
  /** What messages show for a request. */
  context(method: string, path: string): RequestContext;
  close(): Promise<void>;
}

const defaultTimeoutMs = 30_000;

/** See {@link Transport}. */
export function createTransport(config: ClusterConfig, clock: Clock): Transport {
  return new PooledTransport(config, clock);
}

class PooledTransport implements Transport {
  readonly #config: ClusterConfig;
  readonly #origin: string;
  readonly #prefix: string;
  readonly #credentials: Credentials;
  readonly #timeoutMs: number;
  #pools: (ConnectionPools & { cert: string | undefined }) | undefined;
  #closed = false;

  constructor(config: ClusterConfig, clock: Clock) {
    const url = new URL(config.server);
    this.#config = config;
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/$/, "");
    this.#credentials = createCredentials(config, clock);
    this.#timeoutMs = config.requestTimeoutMs ?? defaultTimeoutMs;
  }

  context(method: string, path: string): RequestContext {
    return { method, origin: this.#origin, path: this.#prefix + path };
  }

  async send(request: RawRequest): Promise<Answer> {
    return this.#guard(request, async () => {
      const answer = await this.#sendOnce(request);
      // A token or certificate may have been replaced since it was read: ask for it again, once.
      if (answer.status === 401 && this.#credentials.invalidate()) return await this.#sendOnce(request);
      return answer;
    });
  }

  async #sendOnce(request: RawRequest): Promise<Answer> {
    const { exchange, pools } = await this.#prepare(request, this.#timeoutMs);
    try {
      return await readWhole(pools.requests, exchange);
    } catch (error) {
      // The server may close a kept-alive connection just as a request goes out on it.
      if (request.method !== "GET" || request.signal?.aborted || !isConnectionReset(error)) throw error;
      return await readWhole(pools.requests, exchange);
    }
  }

  async *lines(request: RawRequest, opened?: () => void): AsyncGenerator<unknown> {
    const context = this.context(request.method, request.path);
    try {
      const { exchange, pools } = await this.#prepare(request, 0);
      const onAnswer = (status: number) => {
        if (status === 200) opened?.();
      };
      const refusal = yield* readLines(pools.streams, exchange, onAnswer);
      if (refusal) {
        if (refusal.status === 401) this.#credentials.invalidate();
        throw errorFromAnswer(context, refusal.status, refusal.text, refusal.headers);
      }
    } catch (error) {
      throw errorFromFailure(context, error, request.signal);
    }
  }

  async stream(request: RawRequest): Promise<Omit<Answer, "text"> & { body: Readable }> {
    return this.#guard(request, async () => {
      const { exchange, pools } = await this.#prepare(request, 0);
      return readStream(pools.streams, exchange);
    });
  }

  async upgrade(request: RawRequest): Promise<UpgradeResult> {
    return this.#guard(request, async () => {
      const { exchange, pools } = await this.#prepare(request, 0);
      const proxyUrl = this.#config.proxyUrl;
      return openUpgrade(this.#origin, exchange, { tls: pools.tls, ...(proxyUrl && { proxyUrl }) });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pools?.close();
  }

  async #guard<T>(request: RawRequest, work: () => Promise<T>): Promise<T> {
    const context = this.context(request.method, request.path);
    if (this.#closed) throw new KubeError({ code: "aborted", message: `${request.method}: the client is closed` });
    try {
      return await work();
    } catch (error) {
      throw errorFromFailure(context, error, request.signal);
    }
  }

  async #prepare(request: RawRequest, bodyTimeoutMs: number): Promise<{ exchange: Exchange; pools: ConnectionPools }> {
    const current = this.#credentials.current();
    // Most identities never change; not waiting for them keeps the request path without a turn of the event loop.
    const credential = current instanceof Promise ? await current : current;
    const exchange: Exchange = {
      method: request.method,
      path: this.#prefix + request.path,
      headers: { ...identityHeaders(this.#config, credential), ...lowerCased(request.headers) },
      headersTimeoutMs: this.#timeoutMs,
      bodyTimeoutMs,
      ...(request.body !== undefined && { body: request.body }),
      ...(request.signal && { signal: request.signal }),
    };
    return { exchange, pools: this.#poolsFor(credential) };
  }

  #poolsFor(credential: Credential): ConnectionPools {
    const old = this.#pools;
    if (old && old.cert === credential.cert) return old;
    this.#pools = { ...createConnectionPools(this.#origin, this.#config, credential), cert: credential.cert };
    void old?.retire();
    return this.#pools;
  }
}

function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function identityHeaders(config: ClusterConfig, credential: Credential): Record<string, string | string[]> {
  // Streams and logs are not JSON: a server that was asked for nothing else refuses them with 406.
  const headers: Record<string, string | string[]> = { accept: "application/json, */*", "user-agent": "inkube" };
  if (credential.token) headers.authorization = `Bearer ${credential.token}`;
  const { impersonate } = config;
  if (!impersonate) return headers;
  headers["impersonate-user"] = impersonate.user;
  if (impersonate.uid) headers["impersonate-uid"] = impersonate.uid;
  if (impersonate.groups?.length) headers["impersonate-group"] = impersonate.groups;
  for (const [key, values] of Object.entries(impersonate.extra ?? {})) {
    headers[`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`] = values;
  }
  return headers;
}
