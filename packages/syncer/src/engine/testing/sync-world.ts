import { annotations, hostName, hostNamespace, type NestedCluster } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import { collectingLogger, FakeClock, seededRandom } from "@inkube/kube/testing";
import { FairSemaphore } from "../fair-semaphore.ts";
import { Metrics } from "../metrics.ts";
import { NestedClusterRuntime, type RuntimeServices } from "../nested-cluster-runtime.ts";
import { SharedHost } from "../shared-host.ts";
import { MemoryClient, type RequestFate, type SeenWrite } from "./memory-client.ts";
import { MemoryStore } from "./memory-store.ts";
import { testKinds } from "./test-kinds.ts";

export type SideName = "nested" | "host";

const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "c",
  contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  clusters: [{ name: "c", cluster: { server: "https://10.96.0.9:443" } }],
  users: [{ name: "u", user: { token: "none" } }],
});

const cluster = {
  apiVersion: "inkube.dev/v1alpha1",
  kind: "NestedCluster",
  metadata: { name: "demo", namespace: "team", uid: "cluster-1", generation: 1 },
  spec: { clusterDomain: "cluster.local", syncer: "shared" },
} as unknown as NestedCluster;

/** A nested cluster, its host and a syncer between them, in memory and under one clock that the test moves. */
export class SyncWorld {
  readonly clock = new FakeClock();
  readonly log = collectingLogger();
  readonly hostNamespace = hostNamespace("team", "demo");
  readonly stores: Record<SideName, MemoryStore>;
  readonly clients: Record<SideName, MemoryClient>;
  /** What the syncer did that it must never do. */
  readonly violations: string[] = [];
  readonly writes: (SeenWrite & { side: SideName })[] = [];
  readonly #fates: Record<SideName, RequestFate[]> = { nested: [], host: [] };
  readonly #random: () => number;
  #runtime: NestedClusterRuntime | undefined;
  #shared: SharedHost | undefined;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const now = () => this.clock.now();
    this.stores = { nested: new MemoryStore("n", now), host: new MemoryStore("h", now) };
    this.clients = { nested: this.#client("nested"), host: this.#client("host") };
    this.#furnishHost();
  }

  /** The next request of a side meets this fate. */
  foresee(side: SideName, fate: RequestFate): void {
    this.#fates[side].push(fate);
  }

  /** From now on both sides answer, in time and truly. */
  endFaults(): void {
    for (const side of ["nested", "host"] as const) {
      this.#fates[side].length = 0;
      this.clients[side].restore();
      this.clients[side].lagMs = 0;
      this.clients[side].staleWrites = 0;
    }
  }

  start(): void {
    const { clock, log: logger } = this;
    const slots = new FairSemaphore(64);
    const metrics = new Metrics();
    const random = this.#random;
    const gate = <T>(_verb: string, _type: unknown, request: () => Promise<T>) => request();
    this.#shared = new SharedHost({ client: this.clients.host, kinds: [], gate, clock, random, logger });
    const services: RuntimeServices = {
      hostClient: this.clients.host,
      shared: this.#shared,
      kinds: testKinds,
      translateEvent: () => undefined,
      connect: () => this.clients.nested,
      bootstrap: () => ({ run: async () => {}, keep: async () => {}, refresh: () => {} }),
      slots,
      metrics,
      clock,
      random,
      logger,
    };
    this.#runtime = new NestedClusterRuntime(services, cluster, this.hostNamespace);
    this.#runtime.start();
  }

  get runtime(): NestedClusterRuntime | undefined {
    return this.#runtime;
  }

  async stop(): Promise<void> {
    let stopped = false;
    const stopping = this.#runtime?.stop().then(() => {
      stopped = true;
    });
    // Requests that were delayed must come back before the syncer can end.
    for (let turn = 0; turn < 50 && !stopped; turn += 1) await this.clock.advance(100);
    await stopping;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  hostNameOf(name: string): string {
    return hostName(name, "default", "demo");
  }

  /** What scheduler and kubelet of the host would do now: run new pods, and remove those whose grace was given. */
  runHostPods(): void {
    for (const pod of this.stores.host.list(resources.pods, this.hostNamespace)) {
      const { name, namespace } = pod.metadata;
      const ref = { name, ...(namespace && { namespace }) };
      if (pod.metadata.deletionTimestamp) this.stores.host.delete(resources.pods, namespace, name, { grace: 0 });
      else if (!pod.status) {
        const status = { phase: "Running", startTime: new Date(this.clock.now()).toISOString() };
        this.stores.host.update(resources.pods, ref, (live) => ({
          ...live,
          spec: { ...(live.spec as object), nodeName: "node-1" },
          status,
        }));
      }
    }
  }

  #client(side: SideName): MemoryClient {
    return new MemoryClient({
      store: this.stores[side],
      clock: this.clock,
      fate: () => this.#fates[side].shift() ?? { kind: "ok" },
      onWrite: (write) => {
        this.writes.push({ ...write, side });
        if (write.verb === "delete" && write.body) this.#judgeDelete(side, write.type.plural, write.body);
        if (write.verb === "create" && side === "host" && write.body) this.#judgeCreate(write.type.plural, write.body);
      },
    });
  }

  #judgeDelete(side: SideName, plural: string, object: KubeObject): void {
    if (side === "host") {
      const told = object.metadata.annotations ?? {};
      const type = resources[plural as keyof typeof resources];
      const nested = this.stores.nested.get(type, told[annotations.namespace], told[annotations.name] ?? "");
      const isLive = nested?.metadata.uid === told[annotations.uid] && !nested?.metadata.deletionTimestamp;
      if (isLive && !(plural === "configmaps" && !this.#isUsed(nested?.metadata.name ?? ""))) {
        this.violations.push(`deleted the live copy of ${plural}/${told[annotations.name]}`);
      }
      return;
    }
    const copy = this.stores.host.get(resources.pods, this.hostNamespace, this.hostNameOf(object.metadata.name));
    const isLive = copy?.metadata.annotations?.[annotations.uid] === object.metadata.uid;
    if (isLive && !copy?.metadata.deletionTimestamp) {
      this.violations.push(`deleted ${plural}/${object.metadata.name} inside while its copy runs`);
    }
  }

  #judgeCreate(plural: string, object: KubeObject): void {
    if (plural !== "pods") return;
    const told = object.metadata.annotations ?? {};
    const nested = this.stores.nested.get(resources.pods, "default", told[annotations.name] ?? "");
    const status = nested?.status as { startTime?: string } | undefined;
    if (nested?.metadata.uid === told[annotations.uid] && status?.startTime) {
      this.violations.push(`resurrected pods/${told[annotations.name]}`);
    }
  }

  #isUsed(name: string): boolean {
    const pods = this.stores.nested.list(resources.pods);
    return pods.some((pod) => (pod.spec as { uses?: string }).uses === name);
  }

  #furnishHost(): void {
    const namespace = this.hostNamespace;
    const data = { kubeconfig: Buffer.from(kubeconfig).toString("base64") };
    this.stores.host.create(resources.secrets, { metadata: { name: "kubeconfig-syncer", namespace }, data });
    const spec = { clusterIP: "10.96.0.9" };
    this.stores.host.create(resources.services, { metadata: { name: "control-plane", namespace }, spec });
  }
}
