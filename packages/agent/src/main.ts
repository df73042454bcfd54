#!/usr/bin/env node
import { hostname } from "node:os";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { isAppError, names } from "@inkube/api";
import { createClient, holdLease, inClusterConfig, type Logger, loadKubeconfig, systemClock } from "@inkube/kube";
import { startHealthServer } from "@inkube/kube/health";
import { createProgramLogger } from "@inkube/kube/logging";
import { createAgent } from "./agent.ts";
import { readProxySettings } from "./hub/proxy-settings.ts";
import { type ProgramOptions, readOptions } from "./options.ts";
import { probeEndpoint } from "./probe/probe-endpoint.ts";
import { createReadOnlyAgent } from "./read-only-agent.ts";
import { metricsText } from "./server/metrics-text.ts";

/** Runs the agent until it is told to stop. */
async function run(options: ProgramOptions, logger: Logger): Promise<void> {
  const config = options.kubeconfig
    ? await loadKubeconfig({ path: options.kubeconfig, ...(options.context && { context: options.context }) })
    : inClusterConfig();
  const client = createClient(config);
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());
  const time = { clock: systemClock, random: Math.random };
  const { programImage, programPullPolicy } = options;
  const proxy = await readProxySettings(process.env);
  // For hubs whose certificate public authorities signed, and for proxies that are reached by HTTPS themselves.
  if (proxy.authorities.length > 0) {
    setDefaultCACertificates([...getCACertificates("default"), ...proxy.authorities]);
  }
  const shared = { client, ...time, logger, proxy };
  const agent =
    options.access === "read-only"
      ? createReadOnlyAgent(shared)
      : createAgent({
          ...shared,
          probe: probeEndpoint,
          programImage,
          ...(programPullPolicy !== undefined && { programPullPolicy }),
          ...(options.dnsServers.length > 0 && { dnsServers: options.dnsServers }),
        });
  // A standby is ready too: it could take over. Only who holds the lease has caches.
  let leading = false;
  const server = await startHealthServer({
    port: options.port,
    ready: () => !leading || agent.synced,
    metrics: () => metricsText(agent.controllers),
  });
  logger.info({ server: config.server, port: options.port }, "Started agent");
  const lead = async (signal: AbortSignal): Promise<void> => {
    leading = true;
    agent.start();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    await agent.stop();
    // Caches and queues do not start twice: after losing the lease the process begins anew.
    stop.abort();
  };
  if (options.leaderElection) {
    const identity = `${process.env.POD_NAME ?? hostname()}-${process.pid}`;
    const lease = { namespace: names.systemNamespace, name: names.agent, identity };
    await holdLease({ client, ...time, logger, ...lease, signal: stop.signal, onAcquired: lead });
  } else {
    await lead(stop.signal);
  }
  server.close();
  await client.close();
  logger.info({}, "Stopped agent");
}

const component = "agent";
let logger = createProgramLogger({ component });
try {
  const options = readOptions(process.argv.slice(2));
  logger = createProgramLogger({ component, level: options.logLevel });
  await run(options, logger);
} catch (error) {
  logger.error({ error: error instanceof Error ? error.message : String(error) }, "Agent failed");
  process.exitCode = isAppError(error) ? error.exitCode : 1;
}
