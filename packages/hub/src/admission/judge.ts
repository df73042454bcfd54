import { type ClusterGroup, type HostCluster, type NestedCluster, nestedClusters } from "@inkube/api";
import type { Client, Clock, KubeObject } from "@inkube/kube";
import type { FleetView } from "../view/fleet-view.ts";
import type { Admitted } from "./admitted.ts";
import { type ClusterChange, isExempt, isResized, judgeCluster } from "./cluster-rules.ts";
import { judgeGroup, judgeGroupDeletion } from "./group-rules.ts";
import { judgeHost, judgeHostDeletion } from "./host-rules.ts";
import { type KnownFleet, readFleet, rememberedFleet } from "./known-fleet.ts";
import { judgeOwner } from "./owner.ts";
import { judgeProjectDeletion } from "./project-rules.ts";
import type { Refusal } from "./refusal.ts";
import { judgeReserved } from "./reserved-rule.ts";
import type { Review } from "./review.ts";
import { userQuotaSetting } from "./user-quota.ts";

/** What is needed to judge. */
export interface Judging {
  client: Client;
  view: FleetView;
  admitted: Admitted;
  clock: Clock;
  signal: AbortSignal;
}

/** Says why a change is refused; undefined when it is not. Throws KubeError when too little is known. */
export type Judge<T> = (review: Review<T>, judging: Judging) => Promise<Refusal | undefined>;

/**
 * Judged by what the hub has in memory, which costs nothing and is a moment old; a refusal is told only after it was
 * confirmed by what the API server has.
 */
export const judgeClusterReview: Judge<NestedCluster> = async (review, judging) => {
  const { object: cluster, oldObject: before, user, namespace } = review;
  const { client, view, admitted, clock, signal } = judging;
  const reserved = judgeOwner(review) ?? judgeReserved(review);
  if (reserved || !cluster || (before && !isResized(cluster, before))) return reserved;
  cluster.metadata.namespace = namespace;
  const quota = isExempt(user.groups) ? undefined : await userQuotaSetting.read(client, signal);
  const change: ClusterChange = { cluster, ...(before && { before }), ...(quota && { quota }) };
  // Nothing may happen between the look at what was admitted and the entry there.
  const decide = (known: KnownFleet): Refusal | undefined => {
    const refusal = judgeCluster(change, known, clock.now());
    if (!refusal && !review.dryRun) admitted.add(cluster, before);
    return refusal;
  };
  if (view.synced && !decide(rememberedFleet(view, admitted.overView))) return undefined;
  return decide(await readFleet(client, admitted.overLists(), signal));
};

export const judgeHostReview: Judge<HostCluster> = async (review, judging) => {
  const { operation, name, object, oldObject } = review;
  const known = await readAll(judging);
  if (operation === "DELETE") return judgeHostDeletion(name, known);
  return object && oldObject ? judgeHost(object, oldObject, known) : undefined;
};

export const judgeGroupReview: Judge<ClusterGroup> = async (review, judging) => {
  const { operation, name, object, oldObject } = review;
  const known = await readAll(judging);
  if (operation === "DELETE") return judgeGroupDeletion(name, known);
  return object ? judgeGroup(object, oldObject, known) : undefined;
};

export const judgeProjectReview: Judge<KubeObject> = async ({ operation, name }, { client, admitted, signal }) => {
  if (operation !== "DELETE") return undefined;
  const over = admitted.overLists();
  const { items } = await client.list(nestedClusters, { namespace: name, signal });
  return judgeProjectDeletion(name, over(items as unknown as NestedCluster[]));
};

/** What guards nested clusters that are there goes by the API server's word alone. */
function readAll({ client, admitted, signal }: Judging): Promise<KnownFleet> {
  return readFleet(client, admitted.overLists(), signal);
}
