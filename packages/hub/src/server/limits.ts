/** What a connection may take before anybody knows who is at its other end. Times in milliseconds, sizes in bytes. */
export interface ServerLimits {
  /** Until TLS is agreed on. */
  handshakeTimeout: number;
  /** From the first byte of a request, or the beginning of the connection, to the end of its headers. */
  headersTimeout: number;
  /** The same to the end of its body. Answers may take as long as they like: watches never end. */
  requestTimeout: number;
  /** How often that is looked at. */
  connectionsCheckingInterval: number;
  /** A connection without a request. */
  keepAliveTimeout: number;
  /** Request line and headers together. */
  maxHeaderSize: number;
  /** Further ones are closed at once. */
  maxConnections: number;
}

export const serverLimits: ServerLimits = {
  handshakeTimeout: 20_000,
  headersTimeout: 20_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
  maxConnections: 8_192,
};

/** Of a JSON body, bytes; routes that need more say so. */
export const bodyLimit = 1024 * 1024;
/** How deep objects and lists may be in one another. Deeper ones are nobody's, and walking them takes the stack. */
export const bodyDepth = 64;
