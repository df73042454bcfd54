import type { Duplex, Readable } from "node:stream";
import type { HeaderFields, ReceivedHeaders } from "../wire/header-fields.ts";

/** A request of the hub. */
export interface AgentRequest {
  /** The method; of an upgrade, the method of the request that asked for it. */
  method: string;
  /** Path with query, beginning with "/". */
  path: string;
  headers: ReceivedHeaders;
  /** Fails when the requester goes away in the middle. Need not be read. Empty for an upgrade. */
  body: Readable;
  /** The protocol to switch to, as the `Upgrade` header would say it: `websocket`, `SPDY/3.1`. Absent for an ordinary request. */
  upgrade?: string;
}

/** An ordinary answer, to an upgrade a refusal. The body is read as fast as the requester takes it and destroyed when it goes away. */
export interface OrdinaryAnswer {
  /** 200 to 599; to an upgrade 300 to 599. */
  status: number;
  headers?: HeaderFields;
  body?: AsyncIterable<Uint8Array> | Readable | Buffer | string;
}

/** The consent to an upgrade. The socket belongs to the tunnel then: it is joined both ways, with half-close, and destroyed when the requester goes away. */
export interface UpgradedAnswer {
  status: 101;
  headers?: HeaderFields;
  socket: Duplex;
}

export type AgentAnswer = OrdinaryAnswer | UpgradedAnswer;

/**
 * Answers one request. The signal is aborted when the requester goes away or the tunnel ends before the answer is through.
 * What it throws becomes a 502 whose JSON body has the message of the error but no stack; after the beginning of the body
 * has been sent, the exchange breaks off.
 */
export type AgentHandler = (request: AgentRequest, signal: AbortSignal) => Promise<AgentAnswer> | AgentAnswer;
