import type { Dispatcher } from "undici";
// The package's own entry also loads fetch, caches and mocks: 8 MB of memory and half of the start-up that nothing here uses.
import Pool from "undici/lib/dispatcher/pool.js";
import type { ClusterConfig } from "../config/cluster-config.ts";
import type { Credential } from "../config/credentials.ts";
import { proxyConnector } from "./proxy.ts";
import { type TlsOptions, tlsOptions } from "./tls-options.ts";

const connectTimeoutMs = 10_000;
/** Below the 90 s and more after which API servers and load balancers close idle connections. */
const keepAliveMs = 30_000;

/** The connections of one identity. Answers that end soon and answers that may last for hours never wait for each other. */
export interface ConnectionPools {
  /** At most `connections` at a time. */
  requests: Dispatcher;
  /** As many as there are watches and streams. */
  streams: Dispatcher;
  /** The TLS side of a connection made by other means; absent for http. */
  tls: TlsOptions | undefined;
  /** Requests under way end by themselves, streams are cut: their readers open new ones. */
  retire(): Promise<void>;
  /** Cuts everything. */
  close(): Promise<void>;
}

/** Opens nothing yet; connections are made when first needed. */
export function createConnectionPools(origin: string, config: ClusterConfig, credential: Credential): ConnectionPools {
  const tls = origin.startsWith("https:") ? tlsOptions(config, credential) : undefined;
  const pool = (connections: number | null): Dispatcher => {
    const options = { connections, allowH2: false, keepAliveTimeout: keepAliveMs, pipelining: 1 };
    if (config.proxyUrl)
      return new Pool(origin, { ...options, connect: proxyConnector(config.proxyUrl, new URL(origin), tls) });
    return new Pool(origin, { ...options, connectTimeout: connectTimeoutMs, ...(tls && { connect: tls }) });
  };
  const requests = pool(config.connections ?? 32);
  const streams = pool(null);
  return {
    requests,
    streams,
    tls,
    retire: async () => {
      await Promise.all([requests.close(), streams.destroy()]);
    },
    close: async () => {
      await Promise.all([requests.destroy(), streams.destroy()]);
    },
  };
}
