import { setTimeout as sleep } from "node:timers/promises";
import {
  type Client,
  changedObject,
  createWatchCache,
  type KubeObject,
  type Logger,
  resources,
  systemClock,
} from "@inkube/kube";
import { onStandIn } from "./environment.ts";

const ignore = () => undefined;
const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silentLogger };
const requests = { cpu: "1m", memory: "1Mi" };

function benchPod(name: string, namespace: string): KubeObject {
  const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10.1", resources: { requests } }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: "bench" } },
    spec: { ...onStandIn, containers, terminationGracePeriodSeconds: 0 },
  };
}

/** Watches one namespace's pods of the benchmark and says when each is running or gone. */
export class PodTimer implements AsyncDisposable {
  readonly #client: Client;
  readonly #namespace: string;
  readonly #cache;
  readonly #waiting = new Map<string, { phase: "Running" | "gone"; done: () => void }>();

  constructor(client: Client, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#cache = createWatchCache({
      client,
      type: resources.pods,
      namespace,
      labelSelector: "app=bench",
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
    });
    this.#cache.onChange((change) => {
      const object = changedObject(change);
      const waiting = this.#waiting.get(object.metadata.name);
      const phase = change.type === "deleted" ? "gone" : (object.status as { phase?: string }).phase;
      if (waiting && waiting.phase === phase) waiting.done();
    });
    this.#cache.start();
  }

  async ready(): Promise<void> {
    await this.#cache.whenSynced(AbortSignal.timeout(60_000));
  }

  #until(name: string, phase: "Running" | "gone"): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(name);
        resolve();
      };
      this.#waiting.set(name, { phase, done });
    });
  }

  /** Milliseconds from the first create until all the pods are Running; at most 32 creates are under way at a time. */
  async create(names: readonly string[]): Promise<number> {
    const from = performance.now();
    const running = names.map((name) => this.#until(name, "Running"));
    const todo = [...names];
    const worker = async () => {
      for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
        await this.#client.create(resources.pods, benchPod(name, this.#namespace));
      }
    };
    await Promise.all(Array.from({ length: Math.min(32, names.length) }, worker));
    await bounded(Promise.all(running), "pods did not all run");
    return performance.now() - from;
  }

  /** Milliseconds from the first delete until all the pods are gone. */
  async remove(names: readonly string[]): Promise<number> {
    const from = performance.now();
    const gone = names.map((name) => this.#until(name, "gone"));
    const todo = [...names];
    const worker = async () => {
      for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
        await this.#client.delete(resources.pods, { namespace: this.#namespace, name });
      }
    };
    await Promise.all(Array.from({ length: Math.min(32, names.length) }, worker));
    await bounded(Promise.all(gone), "pods did not all go");
    return performance.now() - from;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cache.stop();
  }
}

async function bounded(work: Promise<unknown>, message: string): Promise<void> {
  const limit = new AbortController();
  const timeout = sleep(180_000, undefined, { signal: limit.signal }).then(
    () => {
      throw new Error(message);
    },
    () => undefined,
  );
  await Promise.race([work, timeout]);
  limit.abort();
}
