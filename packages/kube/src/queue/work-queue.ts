import type { Clock } from "../types.ts";

/** What a handler tells the queue: nothing more to do, or again after so many milliseconds. Throwing means backoff. */
export type Outcome = { after?: number } | undefined;

export interface WorkQueueOptions {
  /** Handles one key. Must be idempotent. */
  handle: (key: string, signal: AbortSignal) => Promise<Outcome>;
  concurrency?: number;
  /** Per-key exponential backoff, default 5 ms doubling to 1000 s. */
  backoff?: { baseMs: number; maxMs: number };
  clock: Clock;
  /** Called on every failure, before the key is queued again. */
  onError?: (key: string, error: unknown, failures: number) => void;
}

export type Priority = "high" | "normal" | "low";

/**
 * A set of keys waiting to be handled.
 * - A key that waits is there once, however often it is added.
 * - A key is never handled twice at the same time; added while handled, it is handled once more afterwards.
 * - Higher priority leaves first; inside a priority, first in first out. A waiting key's priority only rises.
 * - A failure puts the key back after its backoff; success forgets the backoff. An `add` handles the key without waiting for it.
 */
export interface WorkQueue {
  start(): void;
  /** Waits for running handlers to end; their signal is aborted. */
  stop(): Promise<void>;
  add(key: string, priority?: Priority): void;
  addAfter(key: string, ms: number): void;
  /** Resolves when nothing waits, is delayed, or runs. */
  idle(): Promise<void>;
  readonly metrics: { depth: number; running: number; delayed: number; added: number; retries: number };
}
