/** What a nested cluster or, without `project` and `cluster`, the host itself used. */
export interface UsageSample {
  host: string;
  project?: string;
  cluster?: string;
  /** Milliseconds since 1970; the sample counts for the hour in which this is. */
  time: number;
  cpuCoreSeconds: number;
  memoryByteSeconds: number;
  storageByteSeconds: number;
  /** None when absent. */
  podSeconds?: number;
  /** How many measurements are in it; 1 when absent. */
  samples?: number;
}

/** The sum of an hour. */
export interface UsageBucket {
  host: string;
  project: string | null;
  cluster: string | null;
  /** Milliseconds since 1970, the beginning of an hour in UTC. */
  bucketStart: number;
  cpuCoreSeconds: number;
  memoryByteSeconds: number;
  storageByteSeconds: number;
  podSeconds: number;
  samples: number;
}

export interface UsageFilter {
  /** Buckets of these projects only; absent: all, those of hosts too. An empty list finds nothing. */
  projects?: readonly string[];
  cluster?: string;
  host?: string;
  /** Buckets that begin at this time or later, in milliseconds since 1970. */
  from?: number;
  /** Buckets that begin before this time. */
  to?: number;
}

export interface UsageList extends UsageFilter {
  /** From 1 to 1,000. */
  limit: number;
  /** `next` of the page before; with the same filter. */
  cursor?: string;
}

export interface UsagePage {
  items: UsageBucket[];
  /** Absent on the last page. */
  next?: string;
}

export interface UsageLog {
  /**
   * Adds the samples to their buckets, 1,000 in a transaction. When it rejects, some may have been added; adding them
   * again would count them twice. Throws USAGE, and adds nothing, when a number is negative or none.
   */
  add(samples: readonly UsageSample[]): Promise<void>;
  /** Oldest bucket first, then by host, project and cluster. Throws USAGE for a limit or cursor that is none. */
  list(options: UsageList): Promise<UsagePage>;
  /** Removes the buckets that began before this time; resolves with how many. */
  prune(olderThan: number): Promise<number>;
}
