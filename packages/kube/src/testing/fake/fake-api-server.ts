import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "../../system-clock.ts";
import type { Clock, KubeObject, ObjectRef, ResourceType } from "../../types.ts";
import { type ApiContext, findObject, keyOf } from "./api-context.ts";
import { Connections } from "./connections.ts";
import { collectGarbage, collectNamespaces, serveDefinitions } from "./controllers.ts";
import { createObject, readObject } from "./create-object.ts";
import { type FaultRule, FaultRules, type SeenRequest } from "./faults.ts";
import { type ServedType, TypeRegistry, typeKey } from "./registry.ts";
import { handleRequest, type RequestHook } from "./request-handler.ts";
import { ObjectStore } from "./store.ts";
import { updateObject } from "./update-object.ts";
import type { WatchStream } from "./watch-stream.ts";

export interface FakeApiServerOptions {
  /** Timestamps, delays, bookmarks and watch timeouts. Default: the machine's clock. */
  clock?: Clock;
  /** Uniform in [0,1): uids, generated names, and whether faults strike. Default Math.random. */
  random?: () => number;
  /** Time between bookmarks of a watch. Default 1000 ms. */
  bookmarkIntervalMs?: number;
  /** How many writes a watch can look back. Default 10 000. */
  historySize?: number;
  /** Creating a namespaced object needs its namespace. Default false. */
  requireNamespaces?: boolean;
  /** Delete objects whose owners are gone, as the controller manager does. Default false. */
  garbageCollector?: boolean;
  /** Empty and remove deleted namespaces, as the controller manager does. Default false. */
  namespaceController?: boolean;
  /** Sees every request before the server does. */
  hook?: RequestHook;
}

/** What can go wrong, on demand. Everything random comes from the server's own `random`. */
export interface Faults {
  /** Puts a rule in force; returns how to lift it. */
  add(rule: FaultRule): () => void;
  /** Lifts all rules and ends an outage. */
  clear(): void;
  /** Breaks the connections of all watches. */
  cutWatches(): void;
  /** Breaks all connections and refuses new ones until `restore`. */
  outage(): void;
  restore(): void;
  /** Breaks all connections, as a restart of the server does; the objects stay. */
  restart(): void;
  /** Forgets history, up to a revision or all of it: a watch from before gets 410. */
  compact(revision?: number): void;
}

/** A Kubernetes API server in memory, reached over HTTP on 127.0.0.1. */
export interface FakeApiServer {
  readonly url: string;
  /** For `createClient`. */
  readonly config: { server: string };
  readonly faults: Faults;
  /** What was asked, oldest first; `clearRequests` forgets it. */
  readonly requests: readonly SeenRequest[];
  clearRequests(): void;
  /** The revision of the latest write, as lists report it. */
  readonly resourceVersion: string;
  /** Copies of the stored objects of a type, by namespace and name. */
  objects(type: ResourceType, namespace?: string): KubeObject[];
  /** A copy of one stored object. */
  object(type: ResourceType, ref: ObjectRef): KubeObject | undefined;
  /** Creates or replaces an object at once, past network and faults, as another client would. Status included. */
  write(type: ResourceType, object: KubeObject): KubeObject;
  /** Removes an object at once, past network, faults, finalizers and grace. False when there was none. */
  erase(type: ResourceType, ref: ObjectRef): boolean;
  /** How many watches are open, of one type or at all. */
  openWatches(type?: ResourceType): number;
  /** Serves a further kind, as a custom resource with a status subresource unless said otherwise. */
  register(type: ResourceType, traits?: Partial<Pick<ServedType, "status" | "scale">>): void;
  /** Runs garbage collection and the namespace controller once, whatever the options say. */
  collect(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

function startControllers(context: ApiContext, options: FakeApiServerOptions): void {
  let scheduled = false;
  context.store.subscribe((event) => {
    serveDefinitions(context, event);
    if (scheduled || !(options.garbageCollector || options.namespaceController)) return;
    scheduled = true;
    // After the write that caused it is answered, as with a controller of its own.
    setImmediate(() => {
      scheduled = false;
      if (options.garbageCollector) collectGarbage(context);
      if (options.namespaceController) collectNamespaces(context);
    });
  });
}

/** Starts an empty fake API server on a free port. Stop it with `await using` or its async dispose. */
export async function startFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const random = options.random ?? Math.random;
  const context: ApiContext = {
    store: new ObjectStore(options.historySize ?? 10_000),
    registry: new TypeRegistry(),
    clock: options.clock ?? systemClock,
    random,
    requireNamespaces: options.requireNamespaces ?? false,
  };
  const rules = new FaultRules(random);
  const watches = new Set<WatchStream>();
  const requests: SeenRequest[] = [];
  const handler = {
    context,
    rules,
    watches,
    bookmarkIntervalMs: () => options.bookmarkIntervalMs ?? 1000,
    onRequest: (request: SeenRequest) => requests.push(request),
    ...(options.hook ? { hook: options.hook } : {}),
  };
  const server = createServer((message, response) => {
    handleRequest(handler, message, response).catch(() => message.socket.destroy());
  });
  const connections = new Connections(server);
  startControllers(context, options);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const faults = createFaults(context, rules, watches, connections);
  return {
    ...createView(context, watches),
    url,
    config: { server: url },
    faults,
    requests,
    clearRequests: () => requests.splice(0),
    get resourceVersion() {
      return String(context.store.revision);
    },
    async [Symbol.asyncDispose]() {
      connections.refuse(true);
      server.close();
      await once(server, "close");
    },
  };
}

function createFaults(
  context: ApiContext,
  rules: FaultRules,
  watches: Set<WatchStream>,
  connections: Connections,
): Faults {
  return {
    add: (rule) => rules.add(rule),
    clear: () => {
      rules.clear();
      connections.refuse(false);
    },
    cutWatches: () => {
      for (const watch of [...watches]) watch.cut();
    },
    outage: () => connections.refuse(true),
    restore: () => connections.refuse(false),
    restart: () => connections.cut(),
    compact: (revision) => context.store.compact(revision),
  };
}

function servedType(context: ApiContext, type: ResourceType): ServedType {
  const served = context.registry.find(type.group, type.version, type.plural);
  if (served === undefined) throw new Error(`${type.plural} is not served; register it first`);
  return served;
}

function createDirectAccess(context: ApiContext) {
  const write = { manager: "test", dryRun: false };
  return {
    write: (type: ResourceType, object: KubeObject) => {
      const served = servedType(context, type);
      const { name, namespace = "" } = object.metadata;
      const wanted = readObject(served, namespace, structuredClone(object));
      const target = { type: served, namespace, name };
      let stored = findObject(context, target)
        ? updateObject(context, target, write, () => wanted)
        : createObject(context, served, wanted, write);
      if (served.status && wanted.status !== undefined) {
        const status = { ...write, subresource: "status" };
        stored = updateObject(context, target, status, (live) => ({ ...live, status: wanted.status }));
      }
      return structuredClone(stored);
    },
    erase: (type: ResourceType, ref: ObjectRef) => {
      const served = servedType(context, type);
      const live = findObject(context, { type: served, namespace: ref.namespace ?? "", name: ref.name });
      if (live) context.store.remove(typeKey(served), keyOf(live), live);
      return live !== undefined;
    },
  };
}

function createView(context: ApiContext, watches: Set<WatchStream>) {
  return {
    objects: (type: ResourceType, namespace?: string) =>
      context.store
        .list(typeKey(type))
        .filter(([, object]) => namespace === undefined || object.metadata.namespace === namespace)
        .map(([, object]) => structuredClone(object)),
    object: (type: ResourceType, ref: ObjectRef) => {
      const served = context.registry.find(type.group, type.version, type.plural);
      const target = served && { type: served, namespace: ref.namespace ?? "", name: ref.name };
      const object = target && findObject(context, target);
      return object && structuredClone(object);
    },
    ...createDirectAccess(context),
    openWatches: (type?: ResourceType) =>
      [...watches].filter((watch) => type === undefined || typeKey(watch.type) === typeKey(type)).length,
    register: (type: ResourceType, traits?: Partial<Pick<ServedType, "status" | "scale">>) =>
      context.registry.register(type, traits),
    collect: () => {
      collectGarbage(context);
      collectNamespaces(context);
    },
  };
}
