import { type NestedCluster, names } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import { isHere, readCluster } from "./nested-cluster.ts";

export interface ContainerFact {
  name: string;
  ready: boolean;
  restarts: number;
  /** `running`, or what it waits for or ended with. */
  state: string;
}

export interface UsageFact {
  resource: string;
  used: string;
  limit: string;
}

export interface EventFact {
  time: string;
  type: string;
  reason: string;
  about: string;
  message: string;
  count: number;
}

/** What describes a nested cluster, each part empty while it is not there or may not be read. */
export interface ClusterFacts {
  cluster: NestedCluster;
  /** Whether anything on its host could be looked at. */
  hostSeen: boolean;
  containers: ContainerFact[];
  usage: UsageFact[];
  /** Newest last, about the cluster and its control plane. */
  events: EventFact[];
}

const shownEvents = 8;

export interface FactSources {
  /** Where the object is: a host or a hub. */
  objects: Client;
  /** The host itself; absent when it cannot be reached. */
  host: Client | undefined;
}

/** Reads it all at once. Throws AppError KUBE_NOT_FOUND when there is no such cluster. */
export async function readFacts(
  { objects, host }: FactSources,
  ref: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<ClusterFacts> {
  const cluster = await readCluster(objects, ref, signal);
  const namespace = cluster.status?.namespace;
  let hostSeen = host !== undefined && isHere(cluster);
  const inside = async <T>(read: (host: Client, namespace: string) => Promise<T>, absent: T): Promise<T> => {
    if (!host || !namespace || !isHere(cluster)) return absent;
    return ifAllowed(read(host, namespace), absent, () => {
      hostSeen = false;
    });
  };
  const [pod, quotas, ownEvents, hostEvents] = await Promise.all([
    inside(
      (there, scope) => there.get(resources.pods, { namespace: scope, name: names.controlPlanePod }, { signal }),
      undefined,
    ),
    inside(
      async (there, scope) => (await there.list(resources.resourcequotas, { namespace: scope, signal })).items,
      [],
    ),
    ifAllowed(listEvents(objects, ref.namespace, `involvedObject.name=${ref.name}`, signal), []),
    inside((there, scope) => listEvents(there, scope, undefined, signal), []),
  ]);
  const events = [
    ...ownEvents.filter((event) => involved(event).kind === "NestedCluster"),
    ...hostEvents.filter((event) => isAboutControlPlane(involved(event).name)),
  ];
  return {
    cluster,
    hostSeen,
    containers: pod ? containerFacts(pod) : [],
    usage: quotas.flatMap(usageFacts),
    events: events.map(eventFact).sort(byTime).slice(-shownEvents),
  };
}

async function ifAllowed<T>(reading: Promise<T>, absent: T, onForbidden?: () => void): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!isKubeError(error, "forbidden", "notFound")) throw error;
    if (isKubeError(error, "forbidden")) onForbidden?.();
    return absent;
  }
}

async function listEvents(
  host: Client,
  namespace: string,
  fieldSelector: string | undefined,
  signal: AbortSignal,
): Promise<KubeObject[]> {
  const selector = fieldSelector === undefined ? {} : { fieldSelector };
  return (await host.list(resources.events, { namespace, signal, ...selector })).items;
}

function involved(event: KubeObject): { kind: string; name: string } {
  return (event.involvedObject ?? { kind: "", name: "" }) as { kind: string; name: string };
}

function isAboutControlPlane(name: string): boolean {
  return name === names.controlPlane || name === names.controlPlanePod || name === names.dataClaim;
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state?: { running?: object; waiting?: { reason?: string }; terminated?: { reason?: string; exitCode?: number } };
}

function containerFacts(pod: KubeObject): ContainerFact[] {
  const status = (pod.status ?? {}) as Record<string, ContainerStatus[] | undefined>;
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return all.map(({ name, ready, restartCount, state = {} }) => ({
    name,
    ready,
    restarts: restartCount,
    state: containerState(state),
  }));
}

function containerState(state: NonNullable<ContainerStatus["state"]>): string {
  if (state.running) return "running";
  if (state.waiting) return state.waiting.reason ?? "waiting";
  if (state.terminated) return state.terminated.reason ?? `ended with ${state.terminated.exitCode ?? "?"}`;
  return "unknown";
}

function usageFacts(quota: KubeObject): UsageFact[] {
  const { hard = {}, used = {} } = (quota.status ?? {}) as Record<string, Record<string, string> | undefined>;
  return Object.entries(hard).map(([resource, limit]) => ({ resource, used: used[resource] ?? "0", limit }));
}

function eventFact(event: KubeObject): EventFact {
  const { kind, name } = involved(event);
  const fields = event as KubeObject & Record<string, string | number | undefined>;
  const series = event.series as { count?: number; lastObservedTime?: string } | undefined;
  const time = series?.lastObservedTime ?? fields.lastTimestamp ?? fields.eventTime;
  return {
    time: String(time ?? event.metadata.creationTimestamp ?? ""),
    type: String(fields.type ?? "Normal"),
    reason: String(fields.reason ?? ""),
    about: `${kind}/${name}`,
    message: String(fields.message ?? ""),
    count: series?.count ?? Number(fields.count ?? 1),
  };
}

function byTime(a: EventFact, b: EventFact): number {
  return Date.parse(a.time) - Date.parse(b.time);
}
