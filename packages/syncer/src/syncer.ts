import { type Client, type Clock, type ClusterConfig, createClient, type Logger } from "@inkube/kube";
import { createAdmissionServer } from "./admission/admission-server.ts";
import { createBootstrap } from "./bootstrap/bootstrap.ts";
import { ClusterManager } from "./engine/cluster-manager.ts";
import { FairSemaphore } from "./engine/fair-semaphore.ts";
import { hostGate } from "./engine/gates.ts";
import type { Metrics } from "./engine/metrics.ts";
import { SharedHost } from "./engine/shared-host.ts";
import { kinds, toNestedEvent } from "./kinds/index.ts";
import type { HostKubelet } from "./kubelet/host-kubelet.ts";
import { createKubeletServer } from "./kubelet/kubelet-server.ts";
import { startTunnel, type Tunnel, type TunnelTls } from "./tunnel/tunnel.ts";
import type { TunnelMetrics } from "./tunnel/tunnel-metrics.ts";

export interface SyncerParts {
  hostClient: Client;
  hostKubelet: HostKubelet;
  tls: TunnelTls;
  listen: string;
  tunnelPort: number;
  only?: { project: string; name: string };
  dns: { image: string; forward?: string };
  metrics: Metrics;
  clock: Clock;
  random: () => number;
  logger: Logger;
  connect?: (config: ClusterConfig) => Client;
}

/** Host writes under way at the same time, over all nested clusters of the process. */
const hostSlots = 64;

/** A syncer at work: tunnel, registry and one runtime for each nested cluster. */
export interface Syncer {
  tunnel: Tunnel;
  manager: ClusterManager;
  /** Uses a renewed certificate from now on. Throws, and keeps the old one, when it does not fit together. */
  reload(tls: TunnelTls): void;
  /** Finishes the running writes, then ends everything. */
  stop(): Promise<void>;
}

/** Starts all parts of the program; resolves when the tunnel listens. */
export async function startSyncer(parts: SyncerParts): Promise<Syncer> {
  const { hostClient, metrics, clock, random, logger } = parts;
  let { tls } = parts;
  const slots = new FairSemaphore(hostSlots);
  const fromHost = kinds.filter((kind) => kind.direction === "fromHost");
  const gate = hostGate("shared", slots, metrics);
  const shared = new SharedHost({ client: hostClient, kinds: fromHost, gate, clock, random, logger });
  const manager = new ClusterManager({
    hostClient,
    shared,
    kinds,
    translateEvent: toNestedEvent,
    connect: parts.connect ?? createClient,
    bootstrap: (view, facts) =>
      createBootstrap({ view, clock, logger, config: { ...facts, webhookCA: tls.ca, dns: parts.dns } }),
    slots,
    metrics,
    clock,
    random,
    logger,
    ...(parts.only && { only: parts.only }),
  });
  const tunnel = await startTunnel({
    registry: manager,
    tls,
    host: parts.listen,
    port: parts.tunnelPort,
    logger,
    clock,
    metrics: tunnelMetrics(metrics),
    endpoints: (secureContext) => ({
      kubelet: createKubeletServer({ secureContext, hostKubelet: parts.hostKubelet, clock, logger }),
      admission: createAdmissionServer({ secureContext, clock, random, logger }),
    }),
  });
  shared.start();
  manager.start();
  return {
    tunnel,
    manager,
    reload(next) {
      tunnel.reload(next);
      tls = next;
    },
    async stop() {
      await manager.stop();
      await Promise.all([shared.stop(), tunnel.close()]);
    },
  };
}

function tunnelMetrics(metrics: Metrics): TunnelMetrics {
  const opened = "inkube_tunnel_connections_total";
  const closed = "inkube_tunnel_connections_closed_total";
  const refused = "inkube_tunnel_refusals_total";
  return {
    opened: (cluster, target) => metrics.count(opened, "Connections that were let through", { cluster, target }),
    closed: (cluster, target) => metrics.count(closed, "Connections that ended", { cluster, target }),
    refused: (cluster, reason) => metrics.count(refused, "Connections that were refused", { cluster, reason }),
  };
}
