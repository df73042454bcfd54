/**
 * The tables as kysely sees them; `migrations/` makes them. Columns are snake_case in SQL and camelCase here.
 * Times are milliseconds since 1970, UTC. Texts are bounded before they are written (`bounds`).
 */
export interface Schema {
  audit: AuditTable;
  events: EventsTable;
  usage: UsageTable;
  storeKeys: { name: string; value: string };
  schemaMigrations: { number: number; name: string; appliedAt: number };
}

export interface AuditTable {
  /** Sorts by time, then by order of appending. */
  id: string;
  time: number;
  actor: string;
  actorType: string;
  keyId: string | null;
  action: string;
  method: string;
  path: string;
  kind: string;
  project: string | null;
  name: string | null;
  uid: string | null;
  status: number;
  message: string;
  requestId: string;
  sourceAddress: string;
  note: string | null;
}

export interface EventsTable {
  /** What the event is about, in one word, so that one index serves nested clusters and hosts. */
  object: string;
  host: string;
  /** Empty, as `cluster`, for events about a host. */
  project: string;
  cluster: string;
  uid: string;
  type: string;
  reason: string;
  message: string;
  component: string;
  count: number;
  firstTime: number;
  lastTime: number;
}

export interface UsageTable {
  host: string;
  /** Empty, as `cluster`, for what the host itself used. */
  project: string;
  cluster: string;
  /** The beginning of an hour. */
  bucketStart: number;
  cpuCoreSeconds: number;
  memoryByteSeconds: number;
  storageByteSeconds: number;
  podSeconds: number;
  samples: number;
}

/**
 * The longest texts, in bytes of UTF-8. Those of `key` are in indexes: PostgreSQL refuses a row whose part of an index
 * exceeds 2,700 bytes, and no index here has more than six of them.
 */
export const bounds = { key: 253, path: 2048, message: 4096 } as const;
