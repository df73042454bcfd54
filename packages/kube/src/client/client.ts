import type { Duplex } from "node:stream";
import type { KubeList, KubeObject, ObjectRef, ResourceType, WatchEvent } from "../types.ts";

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
}

export interface WriteOptions {
  dryRun?: boolean;
  fieldManager?: string;
  signal?: AbortSignal;
}

export interface ApplyOptions extends WriteOptions {
  fieldManager: string;
  /** Take ownership of fields that another manager holds. Default false: a conflict is an error. */
  force?: boolean;
  subresource?: "status" | "scale" | "ephemeralcontainers" | "resize";
}

export interface PatchOptions extends WriteOptions {
  type: "merge" | "json" | "strategic";
  subresource?: string;
}

export interface DeleteOptions {
  /** Precondition: delete only this incarnation. */
  uid?: string;
  resourceVersion?: string;
  gracePeriodSeconds?: number;
  propagation?: "Background" | "Foreground" | "Orphan";
  dryRun?: boolean;
  signal?: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  resourceVersion: string;
  /** Called when the server has accepted the watch: from now on nothing is missed. */
  onOpen?: () => void;
}

export interface RawRequest {
  method: string;
  /** Path with query, beginning with "/". */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  signal?: AbortSignal;
}

export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
}

export interface UpgradeResult {
  status: number;
  headers: Record<string, string>;
  /** Present when the server answered 101: the raw connection, both ways. */
  socket?: Duplex;
  /** Present when it refused: the body of the answer. */
  body?: string;
}

/**
 * One identity at one API server. Connections are shared; every failure is a {@link KubeError}.
 * Expected outcomes are values: `get` of a missing object is undefined, `delete` of one is false.
 */
export interface Client {
  get(type: ResourceType, ref: ObjectRef, options?: { signal?: AbortSignal }): Promise<KubeObject | undefined>;
  /** Reads every page; the resourceVersion is the list's own, so a watch may start from it. */
  list(type: ResourceType, options?: ListOptions): Promise<KubeList>;
  create(type: ResourceType, object: KubeObject, options?: WriteOptions): Promise<KubeObject>;
  /** POST to a subresource such as `token`, `binding`, `eviction`. */
  createSubresource(
    type: ResourceType,
    ref: ObjectRef,
    subresource: string,
    body: KubeObject,
    options?: WriteOptions,
  ): Promise<KubeObject>;
  /** PUT; `metadata.resourceVersion` in the object, when set, is checked by the server. */
  replace(
    type: ResourceType,
    object: KubeObject,
    options?: WriteOptions & { subresource?: string },
  ): Promise<KubeObject>;
  /** Server-side apply. */
  apply(type: ResourceType, object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  patch(type: ResourceType, ref: ObjectRef, body: unknown, options: PatchOptions): Promise<KubeObject>;
  /** True when the server accepted it, false when there was nothing (or another uid) to delete. */
  delete(type: ResourceType, ref: ObjectRef, options?: DeleteOptions): Promise<boolean>;
  /** Yields until the server ends the watch; throws KubeError (`gone` when the version is too old). */
  watch(type: ResourceType, options: WatchOptions): AsyncIterable<WatchEvent>;
  /** Any request, body streamed; does not throw on an HTTP error status. */
  raw(request: RawRequest): Promise<RawResponse>;
  /** An HTTP/1.1 upgrade (SPDY or WebSocket), handed over as a raw connection. */
  upgrade(request: RawRequest): Promise<UpgradeResult>;
  close(): Promise<void>;
}
