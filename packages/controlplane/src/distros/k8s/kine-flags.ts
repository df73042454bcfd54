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
  {
    name: "watch-progress-notify-interval",
    value: "30s",
    // At the default of 5 s the sixty watches of an idle API server make twelve messages a second, most of what kine does then.
    // A read that must be current asks for progress by itself; bookmarks go out once a minute and need one in between.
    why: "an idle cluster costs half",
  },
  { name: "metrics-bind-address", value: "0", why: "nobody scrapes it, and it would open a port to the pod network" },
];
