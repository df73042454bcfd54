/** A hub on loopback for tests of what is built on tunnels. */
export { type Balancer, startBalancer } from "./balancer.ts";
export { type ConnectedTunnel, type ConnectedTunnelOptions, connectTunnel } from "./connected-tunnel.ts";
export { type FreezableProxy, startFreezableProxy } from "./freezable-proxy.ts";
export { startTunnelHub, type TunnelHub, type TunnelHubOptions } from "./tunnel-hub.ts";
