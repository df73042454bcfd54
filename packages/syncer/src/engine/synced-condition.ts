import {
  apiVersion,
  conditionTypes,
  type NestedCluster,
  nestedClusters,
  type Reason,
  reasonMessage,
  setCondition,
} from "@inkube/api";
import type { Client, Clock, KubeObject, Logger } from "@inkube/kube";
import { fieldManager } from "./ownership.ts";

/** How far the sync of a nested cluster is. */
export interface SyncedState {
  status: "True" | "False" | "Unknown";
  reason: Reason;
  /** Which side, since when: added to the reason's words. */
  particulars: string;
}

export interface SyncedConditionOptions {
  client: Client;
  cluster: { project: string; name: string };
  clock: Clock;
  logger: Logger;
  /** Objects and pods of the nested cluster that are on the host now. */
  counts: () => { objects: number; pods: number };
}

const retryMs = 1_000;
const maxRetryMs = 30_000;

/**
 * Writes the condition `Synced` of one NestedCluster, only when it changes. Writes never overlap; the newest state wins;
 * a write that failed is tried again until a newer one takes its place.
 */
export class SyncedCondition {
  readonly #options: SyncedConditionOptions;
  #wanted: SyncedState | undefined;
  #told = "";
  #conditions: NonNullable<NestedCluster["status"]>["conditions"];
  #generation = 0;
  #writing: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(options: SyncedConditionOptions, cluster: NestedCluster) {
    this.#options = options;
    this.#conditions = cluster.status?.conditions?.filter(({ type }) => type === conditionTypes.synced) ?? [];
    this.#generation = cluster.metadata.generation ?? 0;
  }

  /** Makes this the state that people see. */
  set(state: SyncedState): void {
    this.#wanted = state;
    this.#begin();
  }

  #begin(): void {
    if (this.#isTold() || this.#stopping.signal.aborted) return;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
      // What was set after the last look and before this turn would be lost otherwise.
      this.#begin();
    });
  }

  #isTold(): boolean {
    return JSON.stringify(this.#wanted) === this.#told;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#writing;
  }

  async #write(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stopping;
    for (let wait = retryMs; !signal.aborted; wait = Math.min(maxRetryMs, wait * 2)) {
      const state = this.#wanted;
      const told = JSON.stringify(state);
      if (!state || told === this.#told) return;
      try {
        await this.#apply(state, signal);
        this.#told = told;
        wait = retryMs / 2;
      } catch (error) {
        if (signal.aborted) return;
        logger.warn(
          { error: error instanceof Error ? error.message : String(error) },
          "Could not write condition Synced",
        );
        await clock.sleep(wait, signal).catch(() => {});
      }
    }
  }

  async #apply(state: SyncedState, signal: AbortSignal): Promise<void> {
    const { client, cluster, clock, counts } = this.#options;
    const message = reasonMessage(state.reason, state.particulars);
    const condition = {
      type: conditionTypes.synced,
      status: state.status,
      reason: state.reason,
      message,
      observedGeneration: this.#generation,
    };
    this.#conditions = setCondition(this.#conditions, condition, clock.now());
    const body: KubeObject = {
      apiVersion,
      kind: nestedClusters.kind,
      metadata: { name: cluster.name, namespace: cluster.project },
      status: { conditions: this.#conditions, syncer: counts() },
    };
    await client.apply(nestedClusters, body, { fieldManager, force: true, subresource: "status", signal });
  }
}
