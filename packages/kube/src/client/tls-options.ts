import { isIP } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import type { ClusterConfig } from "../config/cluster-config.ts";
import type { Credential } from "../config/credentials.ts";

/** What `tls.connect` needs besides host and port. */
export interface TlsOptions {
  secureContext: SecureContext;
  rejectUnauthorized: boolean;
  servername?: string;
}

/** The TLS side of every connection of one identity. */
export function tlsOptions(config: ClusterConfig, credential: Credential): TlsOptions {
  // One context for all connections: parsing the certificates anew for each would cost most of an idle watch's memory.
  const secureContext = createSecureContext({
    ...(config.ca && { ca: config.ca }),
    ...(credential.cert && { cert: credential.cert }),
    ...(credential.key && { key: credential.key }),
  });
  return {
    secureContext,
    rejectUnauthorized: !config.insecureSkipTlsVerify,
    ...(config.tlsServerName && { servername: config.tlsServerName }),
  };
}

/** The name to ask the server for; an IP address must not be asked for by name. */
export function serverName(tls: TlsOptions, host: string): string {
  return tls.servername ?? (isIP(host) ? "" : host);
}
