/** What every failure of a tunnel has in common; tell them apart by `code` or by class. */
export abstract class TunnelError extends Error {
  abstract readonly code: "closed" | "busy" | "broken" | "invalid";
}

/** The tunnel is gone, or went away while the exchange was under way. Whether the agent acted on it is unknown. */
export class TunnelClosedError extends TunnelError {
  override readonly name = "TunnelClosedError";
  readonly code = "closed";
  constructor(reason: string) {
    super(`The tunnel is closed: ${reason}`);
  }
}

/** As many exchanges as the tunnel takes are under way; the agent has not seen this one. */
export class TunnelBusyError extends TunnelError {
  override readonly name = "TunnelBusyError";
  readonly code = "busy";
  constructor(limit?: number) {
    super(
      limit === undefined
        ? "The agent takes no further exchange now"
        : `The tunnel carries ${limit} exchanges, which is all it takes`,
    );
  }
}

/** The other side broke this one exchange off; the tunnel itself goes on. */
export class TunnelStreamError extends TunnelError {
  override readonly name = "TunnelStreamError";
  readonly code = "broken";
}

/** A request or an answer that cannot be sent: a malformed name, value, method, path or status, or too much of it. Nothing was sent. */
export class TunnelMessageError extends TunnelError {
  override readonly name = "TunnelMessageError";
  readonly code = "invalid";
}

/** The hub answered the WebSocket handshake with an HTTP status other than 101. */
export class TunnelRefusedError extends Error {
  override readonly name = "TunnelRefusedError";
  readonly status: number;
  /** The beginning of the answer's body. */
  readonly body: string;
  constructor(status: number, body: string) {
    super(`The hub answered ${status}`);
    this.status = status;
    this.body = body;
  }
}
