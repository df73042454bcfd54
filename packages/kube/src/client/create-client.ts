import type { ClusterConfig } from "../config/cluster-config.ts";
import { apiVersionOf, resourcePath } from "../resources.ts";
import { systemClock } from "../system-clock.ts";
import type { Clock, KubeList, KubeObject, ObjectRef, ResourceType, WatchEvent } from "../types.ts";
import type {
  ApplyOptions,
  Client,
  DeleteOptions,
  ListOptions,
  PatchOptions,
  RawRequest,
  RawResponse,
  UpgradeResult,
  WatchOptions,
  WriteOptions,
} from "./client.ts";
import type { Answer } from "./exchange.ts";
import { isKubeError, KubeError } from "./kube-error.ts";
import { describeRequest, errorFromAnswer, errorFromStatus } from "./status-error.ts";
import { createTransport, type Transport } from "./transport.ts";

const pageSize = 500;
/** A watch is asked to end after a random time in this range, so that many clients do not come back at once. */
const watchSeconds = { least: 300, most: 600 };

const patchContentTypes = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

type Query = Record<string, string | number | boolean | undefined>;

/**
 * One identity at one API server; see {@link Client} for what it guarantees. Opens no connection until the first request.
 * `clock` and `random` (uniform in [0,1)) are the machine's unless given.
 */
export function createClient(
  config: ClusterConfig,
  { clock = systemClock, random = Math.random }: { clock?: Clock; random?: () => number } = {},
): Client {
  return new HttpClient(createTransport(config, clock), random);
}

class HttpClient implements Client {
  readonly #transport: Transport;
  readonly #random: () => number;

  constructor(transport: Transport, random: () => number) {
    this.#transport = transport;
    this.#random = random;
  }

  async get(type: ResourceType, ref: ObjectRef, options: { signal?: AbortSignal } = {}) {
    const request = { method: "GET", path: objectPath(type, ref), ...signalOf(options) };
    const answer = await this.#transport.send(request);
    // Only the API server's own word says that the object is missing; a 404 without it means that nothing serves this path.
    if (answer.status === 404 && this.#error(request, answer).reason === "NotFound") return undefined;
    return this.#object(request, answer);
  }

  async list(type: ResourceType, options: ListOptions = {}): Promise<KubeList> {
    const items: KubeObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.#page(type, options, { limit: pageSize, continue: token }).catch((error: unknown) => {
        // The next page is too old to be had; one large answer always is.
        if (token && isKubeError(error, "gone")) return undefined;
        throw error;
      });
      if (!page) return this.#page(type, options, {});
      // Most lists are one page; only longer ones are copied.
      if (items.length === 0 && !page.continue) return page;
      for (const item of page.items) items.push(item);
      token = page.continue;
      if (!token) return { items, resourceVersion: page.resourceVersion };
    } while (token);
    throw new Error("unreachable");
  }

  async #page(type: ResourceType, options: ListOptions, paging: Query): Promise<KubeList> {
    const path = resourcePath(type, options.namespace) + query({ ...selectorsOf(options), ...paging });
    const request = { method: "GET", path, ...signalOf(options) };
    const list = (await this.#expect(request)) as unknown as {
      items: KubeObject[] | null;
      metadata: { resourceVersion?: string; continue?: string };
    };
    const items = list.items ?? [];
    const apiVersion = apiVersionOf(type);
    for (const item of items) {
      item.apiVersion = apiVersion;
      item.kind = type.kind;
      delete item.metadata.managedFields;
    }
    const { resourceVersion = "", continue: token } = list.metadata;
    return { items, resourceVersion, ...(token && { continue: token }) };
  }

  create(type: ResourceType, object: KubeObject, options: WriteOptions = {}) {
    const path = resourcePath(type, namespaceOf(type, object.metadata)) + query(writeQuery(options));
    return this.#write("POST", path, typed(type, object), options);
  }

  createSubresource(
    type: ResourceType,
    ref: ObjectRef,
    subresource: string,
    body: KubeObject,
    options: WriteOptions = {},
  ) {
    return this.#write("POST", objectPath(type, ref, subresource) + query(writeQuery(options)), body, options);
  }

  replace(type: ResourceType, object: KubeObject, options: WriteOptions & { subresource?: string } = {}) {
    const path = objectPath(type, object.metadata, options.subresource) + query(writeQuery(options));
    return this.#write("PUT", path, typed(type, object), options);
  }

  apply(type: ResourceType, object: KubeObject, options: ApplyOptions) {
    const path =
      objectPath(type, object.metadata, options.subresource) +
      query({ ...writeQuery(options), force: options.force || undefined });
    return this.#write("PATCH", path, typed(type, object), options, "application/apply-patch+yaml");
  }

  patch(type: ResourceType, ref: ObjectRef, body: unknown, options: PatchOptions) {
    const path = objectPath(type, ref, options.subresource) + query(writeQuery(options));
    return this.#write("PATCH", path, body, options, patchContentTypes[options.type]);
  }

  async delete(type: ResourceType, ref: ObjectRef, options: DeleteOptions = {}): Promise<boolean> {
    const { uid, resourceVersion, gracePeriodSeconds, propagation, dryRun } = options;
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
    const body = JSON.stringify({
      apiVersion: "v1",
      kind: "DeleteOptions",
      ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      ...(propagation && { propagationPolicy: propagation }),
      // With a body the server does not look for it in the query.
      ...(dryRun && { dryRun: ["All"] }),
      ...((uid || resourceVersion) && { preconditions }),
    });
    const headers = { "content-type": "application/json" };
    const request = { method: "DELETE", path: objectPath(type, ref), headers, body, ...signalOf(options) };
    const answer = await this.#transport.send(request);
    if (answer.status < 300) return true;
    const error = this.#error(request, answer);
    if (error.reason === "NotFound") return false;
    if (error.code !== "conflict" || !uid) throw error;
    // The server says "conflict" for another uid as for another version: only a look tells which.
    const present = await this.get(type, ref, signalOf(options));
    if (present?.metadata.uid !== uid) return false;
    throw error;
  }

  async *watch(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent> {
    const { least, most } = watchSeconds;
    const path =
      resourcePath(type, options.namespace) +
      query({
        ...selectorsOf(options),
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: options.resourceVersion,
        timeoutSeconds: least + Math.floor(this.#random() * (most - least)),
      });
    const request = { method: "GET", path, ...signalOf(options) };
    const context = this.#transport.context("WATCH", path);
    for await (const document of this.#transport.lines(request, options.onOpen)) {
      const event = document as { type: WatchEvent["type"] | "ERROR"; object: KubeObject };
      if (event.type === "ERROR") throw errorFromStatus(context, event.object);
      yield event as WatchEvent;
    }
  }

  async raw(request: RawRequest): Promise<RawResponse> {
    return this.#transport.stream(request);
  }

  upgrade(request: RawRequest): Promise<UpgradeResult> {
    return this.#transport.upgrade(request);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #write(method: string, path: string, body: unknown, options: WriteOptions, contentType = "application/json") {
    const headers = { "content-type": contentType };
    return this.#expect({ method, path, headers, body: JSON.stringify(body), ...signalOf(options) });
  }

  async #expect(request: RawRequest): Promise<KubeObject> {
    return this.#object(request, await this.#transport.send(request));
  }

  #object(request: RawRequest, answer: Answer): KubeObject {
    if (answer.status >= 300) throw this.#error(request, answer);
    try {
      return JSON.parse(answer.text) as KubeObject;
    } catch (cause) {
      const place = describeRequest(this.#transport.context(request.method, request.path));
      throw new KubeError({
        code: "server",
        message: `${place}: the answer is not JSON`,
        status: answer.status,
        cause,
      });
    }
  }

  #error(request: RawRequest, answer: Answer): KubeError {
    const context = this.#transport.context(request.method, request.path);
    return errorFromAnswer(context, answer.status, answer.text, answer.headers);
  }
}

function objectPath(type: ResourceType, ref: ObjectRef, subresource?: string): string {
  if (!ref.name) throw new KubeError({ code: "invalid", message: `${type.kind}: an object needs a name here` });
  return resourcePath(type, namespaceOf(type, ref), ref.name, subresource);
}

function namespaceOf(type: ResourceType, ref: { namespace?: string; name?: string }): string | undefined {
  if (!type.namespaced) return undefined;
  // Without one the URL would be that of all namespaces, where the server answers a confusing 405.
  if (!ref.namespace) throw new KubeError({ code: "invalid", message: `${type.kind} ${ref.name}: needs a namespace` });
  return ref.namespace;
}

function typed(type: ResourceType, object: KubeObject): KubeObject {
  if (object.apiVersion && object.kind) return object;
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind };
}

function selectorsOf({ labelSelector, fieldSelector }: ListOptions): Query {
  return { labelSelector, fieldSelector };
}

function writeQuery({ dryRun, fieldManager }: WriteOptions): Query {
  return { dryRun: dryRun ? "All" : undefined, fieldManager };
}

function signalOf({ signal }: { signal?: AbortSignal | undefined }): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function query(fields: Query): string {
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}
