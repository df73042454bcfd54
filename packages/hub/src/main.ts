#!/usr/bin/env node
import { hostname } from "node:os";
import { isAppError, names } from "@inkube/api";
import { createClient, inClusterConfig, type Logger, loadKubeconfig, systemClock } from "@inkube/kube";
import { startHealthServer } from "@inkube/kube/health";
import { createProgramLogger } from "@inkube/kube/logging";
import { followOidcFile, oidcOff } from "./auth/oidc/settings-file.ts";
import { createHub } from "./hub.ts";
import { type ProgramOptions, readOptions } from "./options.ts";
import { ensureServingCertificate } from "./server/certificates.ts";
import { openStore } from "./store/index.ts";

const namespace = names.systemNamespace;

/** Runs the hub until it is told to stop. */
async function run(options: ProgramOptions, logger: Logger): Promise<void> {
  const config = options.kubeconfig ? await loadKubeconfig({ path: options.kubeconfig }) : inClusterConfig();
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());
  const time = { clock: systemClock, random: Math.random };
  const certificate = await servingCertificate(config, options, logger);
  const { programImage, programPullPolicy, url } = options;
  await using store = await openStore({ url: options.storeUrl, clock: systemClock, logger, signal: stop.signal });
  const hub = createHub({
    identity: process.env.POD_NAME ?? `${hostname()}-${process.pid}`,
    config,
    settings: {
      url,
      programImage,
      certificate: certificate.certificate,
      ...(certificate.ca !== undefined && { ca: certificate.ca }),
      ...(programPullPolicy && { programPullPolicy }),
    },
    store,
    oidc: oidcSource(options, logger, stop.signal),
    tls: certificate,
    ...time,
    logger,
  });
  await hub.start();
  await hub.server.listen({ port: options.port, host: "::" });
  const health = await startHealthServer({ port: options.metricsPort, ready: () => hub.synced, metrics: hub.metrics });
  logger.info({ url, port: options.port }, "Started hub");
  await hub.compete(stop.signal);
  health.close();
  await hub.stop();
  logger.info({}, "Stopped hub");
}

function oidcSource({ oidcConfig: path }: ProgramOptions, logger: Logger, signal: AbortSignal) {
  return path === undefined ? oidcOff : followOidcFile({ path, clock: systemClock, logger, signal });
}

async function servingCertificate(config: Parameters<typeof createClient>[0], options: ProgramOptions, logger: Logger) {
  const client = createClient(config);
  const service = `${names.hubService}.${namespace}`;
  const hostNames = [new URL(options.url).hostname.replace(/^\[|\]$/g, ""), service, `${service}.svc`, "localhost"];
  try {
    return await ensureServingCertificate({ client, clock: systemClock, logger, hostNames });
  } finally {
    await client.close();
  }
}

const component = "hub";
let logger = createProgramLogger({ component });
try {
  const options = readOptions(process.argv.slice(2));
  logger = createProgramLogger({ component, level: options.logLevel });
  await run(options, logger);
} catch (error) {
  logger.error({ error: error instanceof Error ? error.message : String(error) }, "Hub failed");
  process.exitCode = isAppError(error) ? error.exitCode : 1;
}
