import { type Flag, paths } from "../distro.ts";

/** Where kine listens and the API server connects. */
export const kineSocket = `unix://${paths.socket}/kine.sock`;

/** kine: the etcd API in front of a SQLite file. */
export const kineFlags: readonly Flag[] = [
  {
    name: "endpoint",
    // Write-ahead log, so that readers do not wait for writers; immediate transactions, so that a writer waits (up to 30 s)
    // instead of failing. Commits stay fully synchronous: an acknowledged write survives a power cut.
    value: `sqlite://${paths.data}/state.db?_journal_mode=WAL&_busy_timeout=30000&_txlock=immediate`,
    why: "the datastore is one file on the control plane's volume",
  },
  { name: "listen-address", value: kineSocket, why: "reachable from this pod only, and no TLS to pay for" },
  { name: "metrics-bind-address", value: "0", why: "nobody scrapes it, and it would open a port to the pod network" },
];
