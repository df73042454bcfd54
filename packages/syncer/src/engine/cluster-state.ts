import type { Clock, KubeObject, Logger } from "@inkube/kube";
import type { ClusterIdentity } from "../cluster-view.ts";
import type { KindContext, ToHostKind } from "../kinds/kind.ts";
import type { Side } from "./side.ts";
import type { TenantReason } from "./tenant-events.ts";

/** What the steps of one nested cluster's sync share. Made once by the runtime; holds no state of its own. */
export interface ClusterState {
  readonly identity: ClusterIdentity;
  readonly context: KindContext;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Kinds that go to the host, by plural. */
  readonly kinds: ReadonlyMap<string, ToHostKind>;
  nested(kind: string): Side;
  host(kind: string): Side;
  /** True while some cache of this cluster is not known to be complete, or the cluster rests: nothing may be deleted or made. */
  frozen(): boolean;
  /** uids of nested objects whose host copy was seen by this process; only kept for kinds that end with their copy. */
  readonly seenOnHost: Set<string>;
  /** By host uid: since when a copy does not belong on the host any more. Milliseconds. */
  readonly unwantedSince: Map<string, number>;
  /** By host uid: what of our wish the host keeps changing, so that it is not fought for ever. */
  readonly acceptedDrift: Map<string, string>;
  /** Clears up behind an object whose copy the host confirmed to be gone. */
  onGone(kind: ToHostKind, object: KubeObject, signal: AbortSignal): Promise<void>;
  report(kind: ToHostKind, object: KubeObject, reason: TenantReason, message: string): void;
}

/** Thrown when a step needs complete knowledge and does not have it; the key is kept until it has. */
export class FrozenError extends Error {
  constructor() {
    super("The nested cluster or the host cannot be seen completely now");
    this.name = "FrozenError";
  }
}

/** Lets only those pass who may rely on what the caches say now. */
export function assertComplete(state: ClusterState): void {
  if (state.frozen()) throw new FrozenError();
}
