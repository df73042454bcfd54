import type { Client, Clock, KubeObject, ObjectRef, ResourceType, WatchCache } from "@inkube/kube";
import { Ledger } from "./ledger.ts";
import { fieldManager } from "./ownership.ts";

/** Runs one request: waits for a slot where slots are limited, counts the result. */
export type RequestGate = <T>(verb: string, type: ResourceType, request: () => Promise<T>) => Promise<T>;

export interface SideOptions {
  client: Client;
  type: ResourceType;
  cache: WatchCache;
  clock: Clock;
  gate: RequestGate;
}

/**
 * One kind on one side (nested or host): what is known of it, and the writes to it. Reads answer the newest of the cache
 * and this process's own writes; every write is remembered, so nothing waits for a cache to catch up.
 */
export class Side {
  readonly type: ResourceType;
  readonly cache: WatchCache;
  readonly ledger: Ledger;
  readonly #client: Client;
  readonly #gate: RequestGate;

  constructor(options: SideOptions) {
    this.type = options.type;
    this.cache = options.cache;
    this.#client = options.client;
    this.#gate = options.gate;
    this.ledger = new Ledger(options.clock);
    this.cache.onChange((change) => this.ledger.observe(change));
  }

  /** The newest state known. */
  get(name: string, namespace?: string): KubeObject | undefined {
    return this.ledger.newest(this.cache.get(name, namespace), name, namespace);
  }

  /**
   * Whether the cache shows the incarnation that `get` answers. Of one known only from this process's own requests no
   * event may ever tell that it is gone: who relies on it looks again once it is not trusted any more.
   */
  isShown(name: string, namespace?: string): boolean {
    const known = this.get(name, namespace);
    if (!known) return true;
    const cached = this.cache.get(name, namespace);
    return cached !== undefined && cached.metadata.uid === known.metadata.uid;
  }

  /** The state at the API server now. Throws KubeError when nobody answers: that is not "gone". */
  async live(name: string, namespace: string | undefined, signal?: AbortSignal): Promise<KubeObject | undefined> {
    return await this.#gate("get", this.type, () =>
      this.#client.get(this.type, refOf(name, namespace), signal ? { signal } : {}),
    );
  }

  /** All objects of a namespace at the API server now, as complete as the server itself knows them. */
  async listLive(namespace: string | undefined, signal?: AbortSignal): Promise<KubeObject[]> {
    const options = { ...(namespace && { namespace }), ...(signal && { signal }) };
    return (await this.#gate("list", this.type, () => this.#client.list(this.type, options))).items;
  }

  /** Server-side apply as the syncer's field manager, taking fields over from others. */
  async apply(object: KubeObject, options: { subresource?: "status"; signal?: AbortSignal }): Promise<KubeObject> {
    const body = { ...object, apiVersion: apiVersionOf(this.type), kind: this.type.kind };
    return this.#wrote(
      await this.#gate("apply", this.type, () =>
        this.#client.apply(this.type, body, { fieldManager, force: true, ...options }),
      ),
    );
  }

  async create(object: KubeObject, signal?: AbortSignal): Promise<KubeObject> {
    const body = { ...object, apiVersion: apiVersionOf(this.type), kind: this.type.kind };
    return this.#wrote(
      await this.#gate("create", this.type, () =>
        this.#client.create(this.type, body, { fieldManager, ...(signal && { signal }) }),
      ),
    );
  }

  /** Patches this incarnation only: the uid in the body makes the server refuse any other one. */
  async patch(
    object: KubeObject,
    body: object,
    options: { type: "merge" | "strategic"; subresource?: string; signal?: AbortSignal },
  ): Promise<KubeObject> {
    const metadata = { ...(body as { metadata?: object }).metadata, uid: object.metadata.uid };
    const ref = refOf(object.metadata.name, object.metadata.namespace);
    return this.#wrote(
      await this.#gate("patch", this.type, () =>
        this.#client.patch(this.type, ref, { ...body, metadata }, { fieldManager, ...options }),
      ),
    );
  }

  /** Binds this incarnation of a pod to a node. */
  async bind(pod: KubeObject, node: string, signal?: AbortSignal): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const body: KubeObject = {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name, ...(namespace && { namespace }), ...(uid && { uid }) },
      target: { apiVersion: "v1", kind: "Node", name: node },
    };
    await this.#gate("bind", this.type, () =>
      this.#client.createSubresource(this.type, refOf(name, namespace), "binding", body, {
        ...(signal && { signal }),
      }),
    );
    this.ledger.bound(pod, node);
  }

  /** Deletes this incarnation only. False when it was gone already. */
  async delete(object: KubeObject, gracePeriodSeconds: number | undefined, signal?: AbortSignal): Promise<boolean> {
    const { name, namespace, uid } = object.metadata;
    if (!uid) throw new Error(`Refused to delete ${this.type.kind} ${name} without knowing its uid`);
    this.ledger.deleting(object, gracePeriodSeconds === 0);
    try {
      return await this.#gate("delete", this.type, () =>
        this.#client.delete(this.type, refOf(name, namespace), {
          uid,
          propagation: "Background",
          ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
          ...(signal && { signal }),
        }),
      );
    } catch (error) {
      this.ledger.deleteFailed(object);
      throw error;
    }
  }

  #wrote(object: KubeObject): KubeObject {
    this.ledger.wrote(object);
    return object;
  }
}

function refOf(name: string, namespace: string | undefined): ObjectRef {
  return namespace ? { name, namespace } : { name };
}

function apiVersionOf(type: ResourceType): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}
