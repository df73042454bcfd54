import { names } from "@inkube/api";
import type { Client, Clock, Logger } from "@inkube/kube";
import { resources } from "@inkube/kube";
import type { Agent } from "./agent.ts";
import { heartbeatMs, hostFacts } from "./controllers/host-cluster/host-cluster.ts";
import { type HostNode, toHostNode } from "./host/host-node.ts";
import { hostVersion } from "./host/host-version.ts";
import { metricsApi } from "./host/metrics-api.ts";
import { remembered } from "./host/remembered.ts";
import { findServiceCIDR } from "./host/service-cidr.ts";
import { createAgentHub } from "./hub/agent-hub.ts";
import { removeLeftovers } from "./hub/leftovers.ts";
import type { ProxySettings } from "./hub/proxy-settings.ts";
import { cacheOf } from "./objects/owned-caches.ts";

export interface ReadOnlyAgentOptions {
  client: Client;
  clock: Clock;
  /** Uniform in [0,1). */
  random: () => number;
  logger: Logger;
  /** The way to hubs is direct when absent. */
  proxy?: ProxySettings;
}

/** The agent of a host on which it may only look: it tells the hub how the host is, and changes nothing. */
export function createReadOnlyAgent(options: ReadOnlyAgentOptions): Agent {
  const { client, clock, logger } = options;
  const nodes = cacheOf<HostNode>(options, resources.nodes, { transform: toHostNode });
  const version = remembered(() => hostVersion(client), heartbeatMs, clock);
  const serviceCIDR = remembered(() => findServiceCIDR(client, names.systemNamespace), heartbeatMs, clock);
  const metrics = remembered(() => metricsApi(client), heartbeatMs, clock);
  const hub = createAgentHub({
    ...options,
    version,
    hostStatus: async () => {
      await nodes.whenSynced();
      return hostFacts({ nodes, version, serviceCIDR, metrics, access: "read-only" });
    },
  });
  const stopping = new AbortController();
  const cleanUp = async (): Promise<void> => {
    while (!stopping.signal.aborted && !(await removeLeftovers(client, logger))) {
      await clock.sleep(heartbeatMs, stopping.signal).catch(() => undefined);
    }
  };
  return {
    controllers: {},
    get synced() {
      return nodes.synced && hub.synced;
    },
    start() {
      nodes.start();
      hub.start();
      void cleanUp();
    },
    async stop() {
      stopping.abort();
      await hub.stop();
      await nodes.stop();
    },
  };
}
