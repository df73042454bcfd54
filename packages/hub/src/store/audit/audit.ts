export type ActorType = "user" | "api-key" | "system" | "host";

/** What somebody did, as it is handed in. Texts that are too long are cut. */
export interface AuditEntry {
  /** Milliseconds since 1970; now when absent. */
  time?: number;
  actor: string;
  actorType: ActorType;
  /** The API key that was used. */
  keyId?: string;
  /** `create`, `update`, `delete`, or the name of another action. */
  action: string;
  method: string;
  path: string;
  /** Kind of the resource. */
  kind: string;
  project?: string;
  name?: string;
  uid?: string;
  /** HTTP status of the answer. */
  status: number;
  message: string;
  requestId: string;
  sourceAddress: string;
  note?: string;
}

/** A kept entry. */
export interface AuditRecord {
  /** Unique; its order is that of the list. */
  id: string;
  time: number;
  actor: string;
  actorType: ActorType;
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

export interface AuditFilter {
  /** Entries of these projects only; absent: all entries, those without a project too. An empty list finds nothing. */
  projects?: readonly string[];
  action?: string;
  kind?: string;
  actor?: string;
  /** The earliest time, in milliseconds since 1970. */
  from?: number;
  /** The time before which entries must be. */
  to?: number;
}

export interface AuditList extends AuditFilter {
  /** From 1 to 200. */
  limit: number;
  /** `next` of the page before; with the same filter. */
  cursor?: string;
}

export interface AuditPage {
  items: AuditRecord[];
  /** Absent on the last page. */
  next?: string;
}

/** Who did what. Nothing changes an entry, and only `prune` removes any. */
export interface AuditLog {
  /**
   * Resolves when the entries are on disk. Appends of the same moment share a transaction. When it rejects for a database
   * that broke off, the entries may be there nevertheless.
   */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /**
   * Newest first. Pages show every entry that was there at the first page exactly once, however many are appended
   * meanwhile. Throws USAGE for a limit or cursor that is none.
   */
  list(options: AuditList): Promise<AuditPage>;
  /** The entries as CSV with a header, newest first, in pieces of many lines; holds nothing open between them. */
  csv(filter: AuditFilter): AsyncIterable<string>;
  /** Removes the entries before this time; resolves with how many. */
  prune(olderThan: number): Promise<number>;
}
