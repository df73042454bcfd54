import {
  type Client,
  type Clock,
  KubeError,
  type KubeObject,
  type ResourceType,
  type WatchEvent,
  type WatchOptions,
} from "@inkube/kube";
import { type MemoryStore, merged, type StoreEvent } from "./memory-store.ts";

/** What happens to one request. `dropAfter`: it is carried out, and its answer is lost. */
export type RequestFate =
  | { kind: "ok" }
  | { kind: "dropBefore" }
  | { kind: "dropAfter" }
  | { kind: "delay"; ms: number }
  | { kind: "refuse"; message: string };

/** What went through the client and was carried out, before it changed anything. */
export interface SeenWrite {
  verb: "create" | "apply" | "patch" | "delete";
  type: ResourceType;
  namespace: string | undefined;
  name: string;
  body: KubeObject | undefined;
}

export interface MemoryClientOptions {
  store: MemoryStore;
  clock: Clock;
  fate: () => RequestFate;
  onWrite: (write: SeenWrite) => void;
}

/** A client of a {@link MemoryStore} whose connection can fail in every way that a network can. */
export class MemoryClient implements Client {
  readonly #options: MemoryClientOptions;
  readonly #watches = new Set<(error: KubeError) => void>();
  #down = false;
  /** How late watches tell what happened, milliseconds. */
  lagMs = 0;
  /** How many writes ago the state is that lists answer with. */
  staleWrites = 0;

  constructor(options: MemoryClientOptions) {
    this.#options = options;
  }

  /** Breaks all watches; until `restore` every request fails. */
  outage(): void {
    this.#down = true;
    this.cutWatches();
  }

  restore(): void {
    this.#down = false;
  }

  cutWatches(): void {
    for (const cut of [...this.#watches]) cut(unreachable());
  }

  get: Client["get"] = (type, ref, options) =>
    this.#call(options?.signal, () => this.#store.get(type, ref.namespace, ref.name));

  list: Client["list"] = (type, options) =>
    this.#call(options?.signal, () => {
      const { items, revision } = this.#store.listBefore(type, options?.namespace, this.staleWrites);
      return { items, resourceVersion: String(revision) };
    });

  create: Client["create"] = (type, object, options) =>
    this.#call(options?.signal, () => {
      const { namespace, name } = object.metadata;
      this.#options.onWrite({ verb: "create", type, namespace, name, body: object });
      return this.#store.create(type, object);
    });

  createSubresource: Client["createSubresource"] = (type, ref, subresource, body, options) =>
    this.#call(options?.signal, () => {
      if (subresource !== "binding") throw new KubeError({ code: "notFound", message: subresource });
      const { name } = body.target as { name: string };
      return this.#store.update(type, ref, (live) => {
        const spec = (live.spec ?? {}) as { nodeName?: string };
        const other = body.metadata.uid !== undefined && body.metadata.uid !== live.metadata.uid;
        if (other || spec.nodeName) throw new KubeError({ code: "conflict", message: "already bound", status: 409 });
        return { ...live, spec: { ...spec, nodeName: name } };
      });
    });

  replace: Client["replace"] = () => Promise.reject(new Error("not needed here"));

  apply: Client["apply"] = (type, object, options) =>
    this.#call(options.signal, () => {
      const { namespace, name } = object.metadata;
      this.#options.onWrite({ verb: "apply", type, namespace, name, body: object });
      return options.subresource ? { ...object } : this.#store.apply(type, object);
    });

  patch: Client["patch"] = (type, ref, body, options) =>
    this.#call(options.signal, () => {
      this.#options.onWrite({
        verb: "patch",
        type,
        namespace: ref.namespace,
        name: ref.name,
        body: body as KubeObject,
      });
      return this.#store.update(type, ref, (live) => merged(live, body) as KubeObject);
    });

  delete: Client["delete"] = (type, ref, options = {}) =>
    this.#call(options.signal, () => {
      const live = this.#store.get(type, ref.namespace, ref.name);
      if (live && (options.uid === undefined || options.uid === live.metadata.uid)) {
        this.#options.onWrite({ verb: "delete", type, namespace: ref.namespace, name: ref.name, body: live });
      }
      return this.#store.delete(type, ref.namespace, ref.name, {
        ...(options.uid !== undefined && { uid: options.uid }),
        ...(options.gracePeriodSeconds !== undefined && { grace: options.gracePeriodSeconds }),
      });
    });

  async *watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent> {
    await this.#call(options.signal, () => {});
    const missed = this.#store.since(Number(options.resourceVersion));
    if (!missed) throw new KubeError({ code: "gone", message: "too old", status: 410 });
    const waiting: StoreEvent[] = [...missed];
    const broken = new AbortController();
    const end = (reason: unknown) => broken.abort(reason ?? unreachable());
    let wake = () => {};
    broken.signal.addEventListener("abort", () => wake());
    const stop = this.#store.subscribe((event) => {
      waiting.push(event);
      wake();
    });
    const onAbort = () => end(options.signal?.reason);
    options.signal?.addEventListener("abort", onAbort, { once: true });
    if (options.signal?.aborted) onAbort();
    this.#watches.add(end);
    try {
      options.onOpen?.();
      for (;;) {
        broken.signal.throwIfAborted();
        const event = waiting.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (event.plural === type.plural && inNamespace(event.object, options.namespace)) {
          const early = event.at + this.lagMs - this.#options.clock.now();
          if (early > 0) await this.#options.clock.sleep(early, broken.signal);
          yield { type: event.type, object: structuredClone(event.object) };
        }
      }
    } finally {
      this.#watches.delete(end);
      options.signal?.removeEventListener("abort", onAbort);
      stop();
    }
  }

  raw: Client["raw"] = (request) => this.#call(request.signal, () => ({ status: 200, headers: {}, body: nothing() }));

  upgrade: Client["upgrade"] = () => Promise.reject(new Error("not needed here"));

  close(): Promise<void> {
    return Promise.resolve();
  }

  get #store(): MemoryStore {
    return this.#options.store;
  }

  async #call<T>(signal: AbortSignal | undefined, work: () => T): Promise<T> {
    // A turn at the least: no answer comes before its request returned.
    await undefined;
    if (this.#down) throw unreachable();
    const fate = this.#options.fate();
    if (fate.kind === "dropBefore") throw unreachable();
    if (fate.kind === "refuse") throw new KubeError({ code: "forbidden", message: fate.message, status: 403 });
    if (fate.kind === "delay") await this.#options.clock.sleep(fate.ms, signal);
    if (this.#down) throw unreachable();
    if (signal?.aborted) throw new KubeError({ code: "aborted", message: "aborted" });
    const answer = work();
    await undefined;
    if (fate.kind === "dropAfter" || this.#down) throw unreachable();
    return answer;
  }
}

function unreachable(): KubeError {
  return new KubeError({ code: "unreachable", message: "connection lost" });
}

function inNamespace(object: KubeObject, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

async function* nothing(): AsyncIterable<Uint8Array> {}
