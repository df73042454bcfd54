import type { Client, KubeObject, ResourceType } from "@inkube/kube";
import type { ClusterIdentity } from "../cluster-view.ts";
import type { SyncKind } from "../kinds/kind.ts";
import { type ReadableObjects, usedKeys, usesIndex } from "./kind-context.ts";

export interface SnapshotOptions {
  nested: Client;
  host: Client;
  identity: ClusterIdentity;
  kinds: readonly SyncKind[];
  signal?: AbortSignal;
}

/** Both sides of a nested cluster as they were at one moment, in the form of caches, for looking without watching. */
export class Snapshot {
  readonly #nested: ReadonlyMap<string, ReadableObjects>;
  readonly #host: ReadonlyMap<string, ReadableObjects>;

  private constructor(nested: Map<string, ReadableObjects>, host: Map<string, ReadableObjects>) {
    this.#nested = nested;
    this.#host = host;
  }

  /** Reads every kind on both sides: a person asks for it, and rarely. Throws KubeError when a side does not answer. */
  static async read(options: SnapshotOptions): Promise<Snapshot> {
    const signal = options.signal ? { signal: options.signal } : {};
    const nested = new Map<string, ReadableObjects>();
    const host = new Map<string, ReadableObjects>();
    const { hostNamespace: namespace } = options.identity;
    await Promise.all(
      options.kinds.flatMap((kind) => [
        options.nested.list(kind.type, signal).then(({ items }) => {
          const uses = (object: KubeObject) => (kind.direction === "toHost" ? usedKeys(kind, object) : []);
          nested.set(kind.kind, readable(kind.type, items, uses));
        }),
        options.host.list(kind.type, { ...signal, ...(kind.type.namespaced && { namespace }) }).then(({ items }) => {
          host.set(
            kind.kind,
            readable(kind.type, items, () => []),
          );
        }),
      ]),
    );
    return new Snapshot(nested, host);
  }

  nested(kind: string): ReadableObjects | undefined {
    return this.#nested.get(kind);
  }

  host(kind: string): ReadableObjects | undefined {
    return this.#host.get(kind);
  }
}

function readable(type: ResourceType, items: KubeObject[], uses: (object: KubeObject) => string[]): ReadableObjects {
  const byName = new Map(items.map((item) => [`${item.metadata.namespace ?? ""}/${item.metadata.name}`, item]));
  return {
    type,
    get: (name, namespace) => byName.get(`${namespace ?? ""}/${name}`),
    list: () => byName.values(),
    byIndex: (index, key) => (index === usesIndex ? items.filter((item) => uses(item).includes(key)) : []),
  };
}
