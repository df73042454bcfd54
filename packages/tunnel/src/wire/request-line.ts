import { TunnelMessageError } from "../tunnel-errors.ts";

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const protocolName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/;

/** Throws {@link TunnelMessageError} unless a request may be sent with this method. CONNECT is for the tunnel itself. */
export function checkMethod(method: string): void {
  if (!token.test(method) || method.toUpperCase() === "CONNECT") {
    throw new TunnelMessageError(`${JSON.stringify(method)} is not a method that the tunnel carries`);
  }
}

/** Throws {@link TunnelMessageError} unless it is a path with query, beginning with "/", as it stands in a request line. */
export function checkPath(path: string): void {
  if (!/^\/[\x21-\x7e]*$/.test(path) || path.length > 16 * 1024) {
    throw new TunnelMessageError("The path of a request must begin with / and have visible ASCII characters only");
  }
}

/** Throws {@link TunnelMessageError} unless it is what stands in an `Upgrade` header, such as `websocket` or `SPDY/3.1`. */
export function checkProtocol(protocol: string): void {
  if (!protocolName.test(protocol)) {
    throw new TunnelMessageError(`${JSON.stringify(protocol)} is not the name of a protocol`);
  }
}

/** Whether a status ends an exchange; 101 and other interim ones do not. */
export function isFinalStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}
