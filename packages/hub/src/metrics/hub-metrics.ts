import type { KubeObject } from "@inkube/kube";
import type { Replicas } from "../replicas/replicas.ts";
import type { TunnelRegistry } from "../tunnels/tunnel-registry.ts";
import type { FleetView } from "../view/fleet-view.ts";

export interface HubMetricsOptions {
  view: Pick<FleetView, "clusters" | "hosts">;
  tunnels: Pick<TunnelRegistry, "size" | "openStreams">;
  replicas: Pick<Replicas, "names">;
}

/** What one replica tells of itself, and of the fleet as it knows it; nothing of it names anybody. */
export interface HubMetrics {
  /** An answered request; `route` is the template of its address, absent when there is none. */
  countRequest(request: { method: string; route?: string; status: number }): void;
  /** Whether this replica leads. */
  leading: boolean;
  /** In Prometheus' text format. */
  text(): string;
}

export function createHubMetrics({ view, tunnels, replicas }: HubMetricsOptions): HubMetrics {
  const requests = new Map<string, number>();
  return {
    leading: false,
    countRequest({ method, route = "none", status }) {
      const labels = `method="${method}",route="${route}",status="${Math.floor(status / 100)}xx"`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
    },
    text() {
      return [
        family("inkube_hub_leader", "gauge", new Map([["", Number(this.leading)]])),
        family("inkube_hub_replicas", "gauge", new Map([["", replicas.names().length]])),
        family("inkube_hub_tunnels_open", "gauge", new Map([["", tunnels.size]])),
        family("inkube_hub_tunnel_streams_open", "gauge", new Map([["", tunnels.openStreams]])),
        family("inkube_hub_nested_clusters", "gauge", byPhase(view.clusters.list(), "Pending")),
        family("inkube_hub_hosts", "gauge", byPhase(view.hosts.list(), "Importing")),
        family("inkube_hub_requests_total", "counter", requests),
        family("process_resident_memory_bytes", "gauge", new Map([["", process.memoryUsage.rss()]])),
      ]
        .flat()
        .concat("")
        .join("\n");
    },
  };
}

function family(name: string, type: "counter" | "gauge", samples: ReadonlyMap<string, number>): string[] {
  const lines = [...samples].map(([labels, value]) => `${name}${labels && `{${labels}}`} ${value}`);
  return lines.length === 0 ? [] : [`# TYPE ${name} ${type}`, ...lines];
}

/** How many objects are in each phase; one that nobody has looked at yet is in the first. */
function byPhase(objects: Iterable<KubeObject>, first: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of objects) {
    const labels = `phase="${(status as { phase?: string } | undefined)?.phase ?? first}"`;
    counts.set(labels, (counts.get(labels) ?? 0) + 1);
  }
  return counts;
}
