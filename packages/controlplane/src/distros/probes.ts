import { ports } from "@inkube/api";

function health(path: string): object {
  return { httpGet: { path, port: ports.api, scheme: "HTTPS" } };
}

/**
 * Probes of a container that serves the API. Every second until it has started, so that nothing waits for a probe; rarely
 * afterwards, because each probe is a TLS handshake that an idle cluster pays for.
 */
export const apiServerProbes = {
  // Five minutes: a large datastore on a slow volume is replayed before the first answer.
  startupProbe: { ...health("/readyz"), periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 300 },
  readinessProbe: { ...health("/readyz"), periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 2 },
  // A datastore that hangs must not have the API server killed over and over: it comes back by itself.
  livenessProbe: {
    ...health("/livez?exclude=etcd"),
    periodSeconds: 30,
    timeoutSeconds: 10,
    failureThreshold: 6,
  },
} as const;

function syncerHealth(path: string): object {
  return { httpGet: { path, port: ports.syncerMetrics } };
}

/**
 * Probes of a dedicated syncer. Only a process that does not answer at all is ended: a nested API that is down, or a host that
 * refuses, is nothing that a new process could do better.
 */
export const syncerProbes = {
  startupProbe: { ...syncerHealth("/healthz"), periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 },
  readinessProbe: { ...syncerHealth("/readyz"), periodSeconds: 10, timeoutSeconds: 5 },
  livenessProbe: { ...syncerHealth("/healthz"), periodSeconds: 20, timeoutSeconds: 10, failureThreshold: 6 },
} as const;
