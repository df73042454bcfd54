import {
  annotations,
  apiVersion,
  type ClusterReport,
  fieldManagers,
  hostClusters,
  isAppError,
  names,
  programVersion,
} from "@inkube/api";
import {
  type Client,
  type Clock,
  type Controller,
  changedObject,
  createController,
  type Logger,
  resources,
  sourceOf,
  type WatchCache,
} from "@inkube/kube";
import type { OpenTunnel } from "@inkube/tunnel";
import { removeMetricsServer } from "../metrics-server/keep-metrics-server.ts";
import { ensureOwnCredential, type HubConnection } from "./connection.ts";
import { createHubClient, type HubClient } from "./hub-client.ts";
import { mirrorCluster } from "./mirror-cluster.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { unlessNotOurs } from "./uninstall.ts";
import { createWantedState, type WantedState, wantedKey } from "./wanted-state.ts";

export interface HubLinkOptions {
  client: Client;
  clock: Clock;
  random: () => number;
  logger: Logger;
  /** NestedClusters of this host; absent on a host where the agent may only look. */
  clusters?: WatchCache;
  connection: HubConnection;
  version: () => Promise<string>;
  /** HostClusterStatus without heartbeat, and with no conditions but those that a hub takes from hosts. */
  hostStatus: () => Promise<Record<string, unknown>>;
  /** Takes the agent and what belongs to it off the host; `last` runs just before its own rights end. */
  uninstall: (last: () => Promise<void>, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

const heartbeatMs = 5000;
const retry = { leastMs: 250, mostMs: 5000 };
/** No line within this time, beats included: the connection is dead though nobody said so. */
const silenceMs = 25_000;

/**
 * Joins the hub and keeps this host as the hub wants it, until the signal is aborted. Whatever fails is tried again within five
 * seconds; meanwhile everything on the host goes on. Gives the credential by which the hub knows this host, for the tunnel, and
 * tells the tunnel where it has to lead.
 */
export async function runHubLink(
  options: HubLinkOptions,
  onJoined: (token: string) => Pick<OpenTunnel, "reach"> | undefined,
): Promise<void> {
  const { client, connection, signal, logger } = options;
  const credential = await keepTrying(options, "make a credential for the hub", () => ensureOwnCredential(client));
  if (!credential) return;
  const hub = createHubClient(connection, { token: credential.token });
  signal.addEventListener("abort", () => void hub.close(), { once: true });
  const joined = await keepTrying(options, "join the hub", async () => {
    const request = { id: credential.id, hash: credential.hash, agentVersion: programVersion };
    return joinOrStay(hub, { ...request, version: await options.version() }, connection.token);
  });
  if (!joined) return;
  logger.info({ hub: connection.url }, "Joined hub");
  const tunnel = onJoined(credential.token);
  const state = createWantedState();
  const reporter = createReporter({ ...options, send: (report, stop) => hub.report(report, stop) });
  const controller = options.clusters && mirrorController(options, options.clusters, state, reporter);
  controller?.start();
  const settings = settingsController(options, hub, state);
  settings.start();
  await Promise.all([
    reporter.run(signal),
    beat(options, reporter),
    follow(options, hub, state, {
      clusters: (keys) => {
        for (const key of keys) controller?.add(key);
      },
      host: () => settings.add(names.localHost),
      replicas: (replicas) => tunnel?.reach(replicas),
    }),
  ]);
  await Promise.all([controller, settings].map((one) => one?.stop()));
}

/** A used token is no failure for an agent that has joined with it: its credential counts. */
async function joinOrStay(hub: HubClient, request: Parameters<HubClient["join"]>[0], token: string): Promise<true> {
  try {
    await hub.join(request, token);
  } catch (error) {
    if (!isAppError(error, "GONE")) throw error;
    await hub.report({}, AbortSignal.timeout(10_000));
  }
  return true;
}

/** What the hub wants of the host itself, until it is so. */
function settingsController(options: HubLinkOptions, hub: HubClient, state: WantedState): Controller {
  const { clock, logger } = options;
  return createController({
    name: "host-settings",
    sources: [],
    reconcile: async () => {
      await applyHost(options, hub, state);
      return undefined;
    },
    queue: { backoff: { baseMs: retry.leastMs, maxMs: retry.mostMs } },
    clock,
    logger,
  });
}

function mirrorController(options: HubLinkOptions, clusters: WatchCache, state: WantedState, reporter: Reporter) {
  const { client, clock, logger } = options;
  return createController({
    name: "mirror",
    sources: [
      sourceOf(clusters, (change) => {
        const { metadata } = changedObject(change);
        const mine = metadata.annotations?.[annotations.hubUid] !== undefined;
        return mine ? [wantedKey({ project: metadata.namespace ?? "", name: metadata.name })] : [];
      }),
    ],
    reconcile: async (key, { signal }) => {
      const wanted = state.get(key);
      if (!wanted) return undefined;
      const report: ClusterReport | undefined = await mirrorCluster(
        { client, clock, clusters, logger },
        wanted,
        signal,
      );
      if (report) reporter.add(report);
      return undefined;
    },
    queue: { concurrency: 8, backoff: { baseMs: 100, maxMs: 10_000 } },
    clock,
    logger,
  });
}

/** Reads what is wanted, connection after connection. */
async function follow(
  { clock, random, signal, logger }: HubLinkOptions,
  hub: HubClient,
  state: WantedState,
  tell: { clusters(keys: string[]): void; host(): void; replicas(names: string[]): void },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const watchdog = createWatchdog(clock, signal);
    try {
      state.begin();
      for await (const line of hub.wanted(watchdog.signal)) {
        watchdog.seen();
        failures = 0;
        if (line.type === "replicas") tell.replicas(line.names);
        const { keys, hostChanged } = state.take(line);
        tell.clusters(keys);
        if (hostChanged) tell.host();
      }
    } catch (error) {
      if (!signal.aborted && failures === 0) logger.warn({ error: String(error) }, "Lost the hub, trying again");
    } finally {
      watchdog.stop();
    }
    failures += 1;
    const most = Math.min(retry.mostMs, retry.leastMs * 2 ** failures);
    await clock.sleep(most * (0.5 + random() / 2), signal).catch(() => undefined);
  }
}

function createWatchdog(clock: Clock, outer: AbortSignal): { signal: AbortSignal; seen(): void; stop(): void } {
  const dead = new AbortController();
  const stopped = new AbortController();
  let last = clock.now();
  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await clock.sleep(silenceMs / 5, stopped.signal).catch(() => undefined);
      if (clock.now() - last > silenceMs) dead.abort();
    }
  };
  void look();
  return {
    signal: AbortSignal.any([dead.signal, outer]),
    seen() {
      last = clock.now();
    },
    stop: () => stopped.abort(),
  };
}

/** Leaves the hub and stays on the host; the metrics server was brought for the hub, and nobody would look after it. */
async function detach(client: Client, last: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  await removeMetricsServer(client, signal).catch(unlessNotOurs);
  await last();
  const namespace = names.systemNamespace;
  for (const name of [names.hubConnectionSecret, names.hubCredentialSecret]) {
    await client.delete(resources.secrets, { namespace, name });
  }
}

/** The hub's settings of this host, brought to its own object; and the end of it, when the hub removes the host. */
async function applyHost(options: HubLinkOptions, hub: HubClient, state: WantedState) {
  const { client, clusters, uninstall, signal } = options;
  const { host } = state;
  if (!host) return;
  if (host.removing) {
    const last = (): Promise<unknown> =>
      keepTrying(options, "tell the hub that this host is removed", () => hub.report({ removed: true }, signal));
    // Nested clusters that were created here are no affair of the hub's: their agent must stay with them.
    if (clusters && clusters.size > 0) await detach(client, last, signal);
    else await uninstall(async () => void (await last()), signal);
    return;
  }
  if (!clusters) return;
  const object = {
    apiVersion,
    kind: hostClusters.kind,
    metadata: { name: names.localHost },
    spec: host.spec,
  };
  await client.apply(hostClusters, object, { fieldManager: fieldManagers.mirror, force: true, signal });
}

async function beat({ clock, hostStatus, signal, logger }: HubLinkOptions, reporter: Reporter): Promise<void> {
  while (!signal.aborted) {
    await hostStatus().then(
      (status) => reporter.setHost(status),
      (error: unknown) => logger.warn({ error: String(error) }, "Could not look at the host"),
    );
    await clock.sleep(heartbeatMs, signal).catch(() => undefined);
  }
}

/** Until it works or the signal is aborted; undefined then. */
async function keepTrying<T>(
  { clock, random, signal, logger }: HubLinkOptions,
  what: string,
  attempt: () => Promise<T>,
): Promise<T | undefined> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (failures % 10 === 0) logger.warn({ error: String(error) }, `Could not ${what}, trying again`);
      const most = Math.min(retry.mostMs, retry.leastMs * 2 ** failures);
      await clock.sleep(most * (0.5 + random() / 2), signal).catch(() => undefined);
    }
  }
  return undefined;
}
