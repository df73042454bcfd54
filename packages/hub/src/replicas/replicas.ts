import { names } from "@inkube/api";
import { type Client, type Clock, createWatchCache, type KubeObject, type Logger, resources } from "@inkube/kube";

export interface ReplicasOptions {
  client: Client;
  /** The name of this replica: its pod's. */
  own: string;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/**
 * The replicas of the hub that requests are led to, by the EndpointSlices of its Service. Kubernetes keeps those right by itself:
 * who is ready, who is ending, whose node is lost. Leases of the replicas' own would have to be renewed, judged and swept, with
 * the right to delete any Lease of the namespace. Without a Service, as on a developer's machine, there is this one alone.
 */
export interface Replicas {
  readonly own: string;
  /** In order of their names; this one is always among them. */
  names(): string[];
  /** Calls back with the names whenever they have changed; returns how to stop. */
  onChange(listener: (names: string[]) => void): () => void;
  start(): void;
  stop(): Promise<void>;
}

interface Endpoint {
  conditions?: { ready?: boolean };
  targetRef?: { kind?: string; name?: string };
}

export function createReplicas({ own, ...watching }: ReplicasOptions): Replicas {
  const listeners = new Set<(names: string[]) => void>();
  const slices = createWatchCache({
    ...watching,
    type: resources.endpointslices,
    namespace: names.systemNamespace,
    labelSelector: `kubernetes.io/service-name=${names.hubService}`,
  });
  const read = (): string[] => [...new Set([own, ...[...slices.list()].flatMap(readyPods)])].toSorted();
  let told = read().join();
  slices.onChange(() => {
    const now = read();
    if (now.join() === told) return;
    told = now.join();
    for (const listener of listeners) listener(now);
  });
  return {
    own,
    names: read,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => slices.start(),
    stop: () => slices.stop(),
  };
}

function readyPods(slice: KubeObject): string[] {
  const endpoints = (slice.endpoints ?? []) as Endpoint[];
  return endpoints.flatMap(({ conditions, targetRef }) => {
    const isReady = conditions?.ready !== false;
    return isReady && targetRef?.kind === "Pod" && targetRef.name !== undefined ? [targetRef.name] : [];
  });
}
