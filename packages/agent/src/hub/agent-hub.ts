import { agentPaths } from "@inkube/api";
import type { Client, Clock, Logger, WatchCache } from "@inkube/kube";
import { openTunnel } from "@inkube/tunnel";
import { type Attachment, createAttachment } from "./attachment.ts";
import { createNestedRequests } from "./nested-requests.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { createTunnelHandler } from "./tunnel-handler.ts";
import { uninstall } from "./uninstall.ts";

export interface AgentHubOptions {
  client: Client;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** NestedClusters of this host; absent where the agent may only look. */
  clusters?: WatchCache;
  /** The way to hubs is direct when absent. */
  proxy?: ProxySettings;
  version: () => Promise<string>;
  /** HostClusterStatus without heartbeat, and with no conditions but those that a hub takes from hosts. */
  hostStatus: () => Promise<Record<string, unknown>>;
}

/** The agent's side of a hub: the mirror, the reports, and the tunnel for interactive traffic. */
export function createAgentHub(options: AgentHubOptions): Attachment {
  const { client, clock, random, clusters } = options;
  const logger = options.logger.child({ part: "hub" });
  const attachment: Attachment = createAttachment({
    ...options,
    logger,
    uninstall: (last, signal) => uninstall(client, last, signal),
    openTunnel({ url, ca, proxyUrl }, token, signal) {
      // A host that is only looked at has no nested clusters, so nothing is ever asked of it.
      if (!clusters) return undefined;
      const nested = createNestedRequests({ client, clusters, isLocal: () => attachment.mode === "local" });
      signal.addEventListener("abort", () => void nested.close(), { once: true });
      return openTunnel({
        url: `${url.replace(/^http/, "ws")}${agentPaths.tunnel}`,
        headers: () => ({ authorization: `Bearer ${token}` }),
        handle: createTunnelHandler({ client, nested }),
        clock,
        random,
        logger,
        signal,
        ...(ca && { ca }),
        ...(proxyUrl && { proxyUrl }),
      });
    },
  });
  return attachment;
}
