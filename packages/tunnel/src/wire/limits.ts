import type { ServerOptions } from "node:http2";

const kibi = 1024;
const mebi = 1024 * kibi;

/**
 * The flow-control window of one stream, in bytes: what arrives for a reader that has stopped, and so waits in memory. 1 MiB
 * still carries 10 MB/s over 100 ms of round trip.
 */
export const streamWindow = mebi;

/**
 * The window of a whole connection, in bytes. Node gives it back on arrival, whoever reads, so streams that nobody reads
 * cannot use it up and it bounds only what is on its way: 160 MB/s over 100 ms. Without it the default of 64 KiB would
 * hold all streams together to 640 kB/s.
 */
export const connectionWindow = 16 * mebi;

/**
 * What is taken from the network while HTTP/2 does not read, in bytes: Node stops reading a session while a write of it is
 * under way. More than a connection's window, so a peer that keeps to it is always heard, its pongs and window updates
 * included, however slow the line; without that two ends that both wait to write could wait for each other.
 */
export const receiveBuffer = connectionWindow + mebi;

/** Exchanges that an agent serves at once. The hub's own limit is meant to be reached before. */
export const agentStreams = 4096;

/** Exchanges that the hub has under way in one tunnel unless told otherwise. Times {@link streamWindow}, it bounds the memory that slow readers may bind. */
export const defaultHubStreams = 1024;

/** Bytes of a header list: names, values and 32 for each pair, as HTTP/2 counts. Kubernetes' own servers take less. */
export const headerBytes = 64 * kibi;
/** Pairs of a header list. */
export const headerPairs = 256;

/** The largest WebSocket message, in bytes. HTTP/2 frames are 16 KiB here; whoever sends more is not our peer. */
export const messageBytes = 256 * kibi;

/** What is read of the body of a refusal, in bytes. */
export const refusalBytes = 64 * kibi;

/** The subprotocol of the WebSocket; a server that does not know it is not a hub. */
export const subprotocol = "inkube.tunnel.v1";

const common = {
  // In MB. The default of 10 turns streams away as soon as some hundred answers are queued for a slow line.
  maxSessionMemory: 256,
  maxHeaderListPairs: headerPairs + 8,
};

const settings = {
  initialWindowSize: streamWindow,
  // The limit proper is ours; the rest is for the pseudo headers.
  maxHeaderListSize: headerBytes + 4 * kibi,
  enablePush: false,
};

/** How the hub, which sends the requests, sets up HTTP/2. */
export const hubSession = { ...common, settings };

/** How an agent, which answers them, sets up HTTP/2. */
export const agentSession: ServerOptions = {
  ...common,
  settings: { ...settings, maxConcurrentStreams: agentStreams, enableConnectProtocol: true },
  // The hub cancels whenever its users do. By default 33 cancelled requests a second end the connection:
  // https://github.com/nodejs/node/issues/56306
  streamResetBurst: 1_000_000,
  streamResetRate: 1_000_000,
};
