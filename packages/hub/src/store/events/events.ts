export type EventType = "Normal" | "Warning";

/** An Event of Kubernetes about a nested cluster or, without `project` and `cluster`, about a host. */
export interface EventEntry {
  host: string;
  project?: string;
  cluster?: string;
  /** The Event's own uid; the same one again replaces what is kept, unless that is newer. */
  uid: string;
  type: EventType;
  reason: string;
  message: string;
  component: string;
  count: number;
  /** Milliseconds since 1970. */
  firstTime: number;
  lastTime: number;
}

export interface EventRecord {
  host: string;
  project: string | null;
  cluster: string | null;
  uid: string;
  type: EventType;
  reason: string;
  message: string;
  component: string;
  count: number;
  firstTime: number;
  lastTime: number;
}

/** Names the object: a nested cluster, on whichever hosts it was, or a host. */
export type EventObject = { project: string; cluster: string; host?: never } | { host: string };

export type EventFilter = EventObject & {
  severity?: EventType;
  /** Leaves out what was last seen longer ago. */
  maxAgeMs?: number;
  /** From 1 to 1,000. */
  limit: number;
};

/** Whose events are asked for; absent: everybody's. */
export interface EventAudience {
  /** Those of nested clusters of these projects; absent: of all. */
  projects?: readonly string[];
  /** Those about these hosts themselves; absent: about all. */
  hosts?: readonly string[];
}

export interface EventPageRequest {
  audience?: EventAudience;
  /** Nested clusters of this project. */
  project?: string;
  /** Nested clusters of this name. */
  cluster?: string;
  /** This host, and what happened to nested clusters on it. */
  host?: string;
  severity?: EventType;
  /** Last seen at this time or later, milliseconds since 1970. */
  since?: number;
  /** From 1 to 1,000. */
  limit: number;
  /** `next` of the page before; with the same filter. */
  cursor?: string;
}

export interface EventPage {
  items: EventRecord[];
  /** Absent on the last page. */
  next?: string;
}

/** Events that outlive those of the Kubernetes API: the newest thousand of each object. */
export interface EventLog {
  /** Resolves when they are on disk. Repeating it changes nothing. */
  record(entries: readonly EventEntry[]): Promise<void>;
  /** Those last seen latest first. */
  list(filter: EventFilter): Promise<EventRecord[]>;
  /** Those of many objects, last seen latest first. Throws USAGE for a limit or cursor that is none. */
  page(request: EventPageRequest): Promise<EventPage>;
  /** Removes events last seen before this time; resolves with how many. */
  prune(olderThan: number): Promise<number>;
}
