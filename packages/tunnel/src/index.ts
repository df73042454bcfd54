/** Requests from the hub to an agent that can only dial out: HTTP/2, its ends swapped, over one WebSocket. */
export type { AgentAnswer, AgentHandler, AgentRequest, OrdinaryAnswer, UpgradedAnswer } from "./agent/answer.ts";
export { type OpenTunnel, type OpenTunnelOptions, openTunnel } from "./agent/open-tunnel.ts";
export { type AcceptTunnelOptions, acceptTunnel } from "./hub/accept-tunnel.ts";
export type {
  Tunnel,
  TunnelRequest,
  TunnelResponse,
  TunnelUpgrade,
  TunnelUpgradeResponse,
} from "./hub/tunnel.ts";
export { tunnelWebSocketServer } from "./hub/web-socket-server.ts";
export {
  TunnelBusyError,
  TunnelClosedError,
  TunnelError,
  TunnelMessageError,
  TunnelStreamError,
} from "./tunnel-errors.ts";
export type { HeaderFields, ReceivedHeaders } from "./wire/header-fields.ts";
export { heldReplicas, mostReplicas } from "./wire/replica-headers.ts";
