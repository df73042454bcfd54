import { systemClock } from "@inkube/kube";
import { collectingLogger, seededRandom } from "@inkube/kube/testing";
import type { AgentHandler } from "../agent/answer.ts";
import { type OpenTunnel, type OpenTunnelOptions, openTunnel } from "../agent/open-tunnel.ts";
import type { Tunnel } from "../hub/tunnel.ts";
import { startTunnelHub, type TunnelHub, type TunnelHubOptions } from "./tunnel-hub.ts";

/** A hub and an agent that has dialled it. */
export interface ConnectedTunnel {
  /** The hub's end. */
  readonly tunnel: Tunnel;
  readonly agent: OpenTunnel;
  readonly hub: TunnelHub;
  /** Stops the agent, then the hub. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ConnectedTunnelOptions extends TunnelHubOptions {
  /** Overrides of the agent's options. */
  agent?: Partial<OpenTunnelOptions>;
}

/** Starts a hub on loopback and an agent whose requests `handle` answers; resolves when they are connected. */
export async function connectTunnel(
  handle: AgentHandler,
  options: ConnectedTunnelOptions = {},
): Promise<ConnectedTunnel> {
  const hub = await startTunnelHub(options);
  const agent = openTunnel({
    url: hub.url,
    headers: () => ({}),
    handle,
    clock: options.clock ?? systemClock,
    random: seededRandom(1),
    logger: collectingLogger(),
    ...options.agent,
  });
  const tunnel = await hub.nextTunnel();
  return {
    tunnel,
    agent,
    hub,
    async [Symbol.asyncDispose]() {
      await agent.stop();
      await hub[Symbol.asyncDispose]();
    },
  };
}
