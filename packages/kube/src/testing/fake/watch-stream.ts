import type { ServerResponse } from "node:http";
import type { KubeObject } from "../../types.ts";
import type { ApiContext } from "./api-context.ts";
import { ApiFailure, expired } from "./api-failure.ts";
import { listObjects, readRevision, selectorOf } from "./list-objects.ts";
import { type ServedType, typeKey } from "./registry.ts";
import type { Selector } from "./selectors.ts";
import type { StoreEvent } from "./store.ts";

/** What faults do to one watch. */
export interface WatchDistortion {
  /** Every line is sent this much later. Order stays. */
  delayMs: number;
  /** The watch starts this many revisions earlier than it asked for, so it sends events twice. */
  replay: number;
  /** The connection is cut after this many lines. */
  cutAfter: number;
}

export const noDistortion: WatchDistortion = { delayMs: 0, replay: 0, cutAfter: Number.POSITIVE_INFINITY };

export interface WatchStreamOptions {
  context: ApiContext;
  type: ServedType;
  namespace: string;
  query: URLSearchParams;
  response: ServerResponse;
  bookmarkIntervalMs: number;
  distortion: WatchDistortion;
}

/** An event as this selector sees it: an object that enters appears, one that leaves is deleted. */
export function seenBy(selects: Selector, event: StoreEvent): { type: string; object: KubeObject } | undefined {
  const before = event.previous !== undefined && selects(event.previous);
  const now = event.type !== "DELETED" && selects(event.object);
  if (now) return { type: before ? "MODIFIED" : "ADDED", object: event.object };
  if (!before || event.previous === undefined) return undefined;
  if (event.type === "DELETED") return { type: "DELETED", object: event.object };
  const { resourceVersion } = event.object.metadata;
  const metadata = { ...event.previous.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return { type: "DELETED", object: { ...event.previous, metadata } };
}

/** Where a watch starts. The real server answers 500, not 400, to a version that is no number, though only here. */
function watchedFrom(query: URLSearchParams): number | undefined {
  try {
    return readRevision(query);
  } catch (error) {
    throw new ApiFailure(500, "InternalError", (error as Error).message);
  }
}

/** One watch: sends what happened since the version asked for, then what happens, until it is closed. */
export class WatchStream {
  readonly type: ServedType;
  #options: WatchStreamOptions;
  #selects: Selector;
  #unsubscribe: () => void = () => {};
  #ended = new AbortController();
  #sending: Promise<void> = Promise.resolve();
  #lines = 0;

  constructor(options: WatchStreamOptions) {
    this.type = options.type;
    this.#options = options;
    this.#selects = selectorOf(options.type, options.namespace, options.query);
  }

  /** Throws (and sends nothing) for a malformed request; otherwise answers 200 and streams. */
  start(): void {
    const { context, type, query, response, distortion } = this.#options;
    const asked = watchedFrom(query);
    response.writeHead(200, { "content-type": "application/json", "transfer-encoding": "chunked" });
    response.flushHeaders();
    response.on("close", () => this.#stop());
    const initial = asked === undefined || asked === 0 || query.get("sendInitialEvents") === "true";
    if (initial) this.#sendInitial();
    else {
      const events = context.store.eventsAfter(typeKey(type), asked);
      if (events === undefined) {
        this.#send("ERROR", expired(`too old resource version: ${asked} (${context.store.compacted})`).status);
        this.end();
        return;
      }
      const replayed = context.store.eventsAfter(
        typeKey(type),
        Math.max(asked - distortion.replay, context.store.compacted),
      );
      for (const event of replayed ?? events) this.#forward(event);
    }
    if (this.#ended.signal.aborted) return;
    this.#unsubscribe = context.store.subscribe((event) => {
      if (event.typeKey === typeKey(type)) this.#forward(event);
    });
    void this.#sendBookmarks();
    void this.#endAfterTimeout();
  }

  /** Ends the answer in order, after what is still to be sent. */
  end(): void {
    this.#stop();
    this.#sending = this.#sending.then(() => {
      this.#options.response.end();
    });
  }

  /** Breaks the connection. */
  cut(): void {
    this.#stop();
    this.#options.response.destroy();
  }

  #stop(): void {
    this.#unsubscribe();
    this.#ended.abort();
  }

  #sendInitial(): void {
    const { context, type, namespace, query } = this.#options;
    const selectors = new URLSearchParams();
    for (const name of ["labelSelector", "fieldSelector"]) selectors.set(name, query.get(name) ?? "");
    const { apiVersion, items } = listObjects(context, type, namespace, selectors);
    for (const item of items as KubeObject[]) this.#send("ADDED", { apiVersion, kind: type.kind, ...item });
    if (query.get("sendInitialEvents") === "true") this.#sendBookmark({ "k8s.io/initial-events-end": "true" });
  }

  #forward(event: StoreEvent): void {
    const seen = seenBy(this.#selects, event);
    if (seen) this.#send(seen.type, seen.object);
  }

  #sendBookmark(annotations?: Record<string, string>): void {
    const { context, type } = this.#options;
    const apiVersion = type.group === "" ? type.version : `${type.group}/${type.version}`;
    const metadata = { resourceVersion: String(context.store.revision), creationTimestamp: null };
    this.#send("BOOKMARK", {
      apiVersion,
      kind: type.kind,
      metadata: annotations ? { ...metadata, annotations } : metadata,
    });
  }

  #send(type: string, object: unknown): void {
    const { distortion, context, response } = this.#options;
    if (response.destroyed) return;
    this.#lines += 1;
    if (this.#lines > distortion.cutAfter) {
      this.cut();
      return;
    }
    const line = `${JSON.stringify({ type, object })}\n`;
    if (distortion.delayMs === 0) {
      response.write(line);
      return;
    }
    const due = context.clock.now() + distortion.delayMs;
    this.#sending = this.#sending.then(async () => {
      await context.clock.sleep(due - context.clock.now());
      if (!response.destroyed) response.write(line);
    });
  }

  async #sendBookmarks(): Promise<void> {
    const { context, query, bookmarkIntervalMs } = this.#options;
    if (query.get("allowWatchBookmarks") !== "true") return;
    while (await this.#waited(bookmarkIntervalMs, context)) this.#sendBookmark();
  }

  async #endAfterTimeout(): Promise<void> {
    const seconds = Number(this.#options.query.get("timeoutSeconds") ?? "0");
    if (seconds > 0 && (await this.#waited(seconds * 1000, this.#options.context))) this.end();
  }

  /** False when the watch ended before the time was over. */
  async #waited(ms: number, context: ApiContext): Promise<boolean> {
    try {
      await context.clock.sleep(ms, this.#ended.signal);
      return !this.#ended.signal.aborted;
    } catch {
      return false;
    }
  }
}
