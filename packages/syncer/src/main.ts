import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { isAppError, names } from "@inkube/api";
import {
  type ClusterConfig,
  createClient,
  holdLease,
  inClusterConfig,
  loadKubeconfig,
  systemClock,
} from "@inkube/kube";
import { createProgramLogger } from "@inkube/kube/logging";
import { Metrics } from "./engine/metrics.ts";
import { startHealthServer } from "./health-server.ts";
import { createHostKubelet } from "./kubelet/host-kubelet.ts";
import { readOptions, type SyncerOptions } from "./options.ts";
import { startSyncer } from "./syncer.ts";
import { awaitTls, followTls } from "./tls-files.ts";

const component = "syncer";
let logger = createProgramLogger({ component });
const stopping = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.abort());
try {
  const options = readOptions(process.argv.slice(2), process.env);
  logger = createProgramLogger({ component, level: options.logLevel });
  await run(options, stopping.signal);
} catch (error) {
  logger.error({ error: error instanceof Error ? error.message : String(error) }, "Syncer failed");
  process.exitCode = isAppError(error) ? error.exitCode : 1;
}

async function run(told: SyncerOptions, signal: AbortSignal): Promise<void> {
  const clock = systemClock;
  const config = await hostConfig(told);
  const hostClient = createClient({ ...config, connections: 64 });
  const hostKubelet = createHostKubelet({
    host: hostClient,
    credentials: () => kubeletCredentials(config),
    insecureSkipVerify: told.kubeletInsecureTls,
  });
  const metrics = new Metrics();
  let ready = false;
  const served = { host: told.metricsListen, port: told.metricsPort };
  const health = await startHealthServer({ ...served, metrics, ready: () => ready });

  const serve = async (until: AbortSignal): Promise<void> => {
    const tls = await awaitTls(told.tlsDir, { clock, logger, signal: until });
    const syncer = await startSyncer({
      hostClient,
      hostKubelet,
      tls,
      listen: told.listen,
      tunnelPort: told.tunnelPort,
      dns: { image: told.dnsImage, ...(told.dnsForward !== undefined && { forward: told.dnsForward }) },
      metrics,
      clock,
      random: Math.random,
      logger,
      ...(told.only && { only: told.only }),
    });
    logger.info({ tunnel: syncer.tunnel.address }, "Started syncer");
    ready = true;
    await followTls(told.tlsDir, tls, { clock, logger, signal: until, onChange: (next) => syncer.reload(next) });
    await syncer.stop();
    logger.info({}, "Stopped syncer");
  };

  try {
    if (told.only) await serve(signal);
    else {
      await holdLease({
        client: hostClient,
        namespace: told.namespace ?? config.namespace ?? names.systemNamespace,
        name: names.syncer,
        // The pod's name: a container that was restarted is the same holder and need not wait for its own lease.
        identity: process.env.POD_NAME ?? hostname(),
        clock,
        random: Math.random,
        logger,
        signal,
        onAcquired: (held) => serve(held),
      });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    hostKubelet.close();
    await health.close();
    await hostClient.close();
  }
}

async function hostConfig(told: SyncerOptions): Promise<ClusterConfig> {
  return told.kubeconfig === undefined ? inClusterConfig() : await loadKubeconfig({ path: told.kubeconfig });
}

async function kubeletCredentials(config: ClusterConfig): Promise<{ token: string; ca: string }> {
  const token = config.tokenFile === undefined ? config.token : await readFile(config.tokenFile, "utf8");
  return { token: (token ?? "").trim(), ca: config.ca ?? "" };
}
