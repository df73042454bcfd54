import { names } from "@inkube/api";
import { type Client, type Clock, createWatchCache, type Logger, resources, type WatchCache } from "@inkube/kube";
import type { OpenTunnel } from "@inkube/tunnel";
import { type HubConnection, readConnection } from "./connection.ts";
import { type HubLinkOptions, runHubLink } from "./hub-link.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export interface AttachmentOptions
  extends Pick<
    HubLinkOptions,
    "client" | "clock" | "random" | "logger" | "clusters" | "version" | "hostStatus" | "uninstall"
  > {
  /** The way to hubs is direct when absent. */
  proxy?: ProxySettings;
  /** Opens the tunnel to the hub, where there is to be one; closed when the attachment ends. */
  openTunnel: (connection: HubConnection, token: string, signal: AbortSignal) => OpenTunnel | undefined;
}

/** Keeps this host attached to the hub that the Secret `hub-connection` names, for as long as it names one. */
export interface Attachment {
  start(): void;
  stop(): Promise<void>;
  readonly synced: boolean;
  /** The Secret that names the hub. `mode` is right by the time its changes are told. */
  readonly connection: WatchCache;
  /** What the host is to its hub; undefined while it has none. */
  readonly mode: HubConnection["mode"] | undefined;
}

export function createAttachment(options: AttachmentOptions): Attachment {
  const cache = connectionCache(options);
  let current: { version: string; end: AbortController; done: Promise<void> } | undefined;
  let mode: HubConnection["mode"] | undefined;

  const attach = (connection: HubConnection, version: string): void => {
    const end = new AbortController();
    const { signal } = end;
    const joined = (token: string) => options.openTunnel(connection, token, signal);
    // On the hub's own cluster the objects are the same: there is nothing to copy.
    const { clusters, ...rest } = options;
    const copied = connection.mode === "mirror" && clusters ? { clusters } : {};
    const done = runHubLink({ ...rest, ...copied, connection, signal }, joined).catch((error: unknown) => {
      options.logger.error({ error: String(error) }, "The link to the hub failed");
    });
    current = { version, end, done };
  };
  const look = (): void => {
    const secret = cache.get(names.hubConnectionSecret, names.systemNamespace);
    const version = secret?.metadata.resourceVersion ?? "";
    if (version === (current?.version ?? "")) return;
    current?.end.abort();
    current = undefined;
    try {
      const connection = readConnection(secret);
      mode = connection?.mode;
      if (connection) attach(throughProxy(connection, options.proxy), version);
    } catch (error) {
      options.logger.error({ error: String(error) }, "Cannot attach to a hub");
    }
  };
  cache.onChange(look);
  return {
    connection: cache,
    get synced() {
      return cache.synced;
    },
    get mode() {
      return mode;
    },
    start: () => cache.start(),
    async stop() {
      current?.end.abort();
      await current?.done;
      await cache.stop();
    },
  };
}

function throughProxy(connection: HubConnection, proxy: ProxySettings | undefined): HubConnection {
  const proxyUrl = proxy?.proxyFor(connection.url);
  // One that looks into TLS answers in the hub's place. Without an authority of the hub's own the program's list holds both.
  const ca = connection.ca && [connection.ca, ...(proxy?.authorities ?? [])].map((pem) => pem.trim()).join("\n");
  return { ...connection, ...(ca && { ca }), ...(proxyUrl && { proxyUrl }) };
}

function connectionCache(options: { client: Client; clock: Clock; random: () => number; logger: Logger }): WatchCache {
  return createWatchCache({
    ...options,
    type: resources.secrets,
    namespace: names.systemNamespace,
    fieldSelector: `metadata.name=${names.hubConnectionSecret}`,
  });
}
