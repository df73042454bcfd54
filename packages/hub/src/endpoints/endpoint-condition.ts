import { isDeepStrictEqual } from "node:util";
import {
  apiVersion,
  type Condition,
  conditionTypes,
  fieldManagers,
  getCondition,
  type NestedCluster,
  nestedClusters,
  type Reason,
  reasonMessage,
  setCondition,
} from "@inkube/api";
import { type Client, isKubeError } from "@inkube/kube";

const type = conditionTypes.endpointReachableFromOutside;

/** Says in the hub's own condition what was seen of the endpoint; `now` in milliseconds. Writes only what is new. */
export async function tellEndpoint(
  client: Client,
  cluster: NestedCluster,
  seen: { reason: Reason; now: number },
  signal: AbortSignal,
): Promise<void> {
  const { metadata, status } = cluster;
  const before = getCondition(status?.conditions, type);
  const next = {
    type,
    status: statusOf(seen.reason),
    reason: seen.reason,
    message: reasonMessage(seen.reason),
    observedGeneration: metadata.generation ?? 0,
  };
  const condition = getCondition(setCondition(before && [before], next, seen.now), type) as Condition;
  if (!isDeepStrictEqual(condition, before)) await apply(client, cluster, { conditions: [condition] }, signal);
}

/** Takes the condition back where there is no endpoint to speak of. */
export async function withdrawEndpoint(client: Client, cluster: NestedCluster, signal: AbortSignal): Promise<void> {
  if (getCondition(cluster.status?.conditions, type)) await apply(client, cluster, {}, signal);
}

function statusOf(reason: Reason): Condition["status"] {
  if (reason === "EndpointNotDialled") return "Unknown";
  return reason === "EndpointAnswersHub" ? "True" : "False";
}

/** As a manager of its own, so that neither the host's report nor placement takes the condition away, and this none of theirs. */
async function apply(client: Client, { metadata }: NestedCluster, status: object, signal: AbortSignal): Promise<void> {
  const { name, namespace = "", uid = "" } = metadata;
  const object = { apiVersion, kind: nestedClusters.kind, metadata: { name, namespace, uid }, status };
  const options = { fieldManager: fieldManagers.hubEndpoints, force: true, subresource: "status", signal } as const;
  try {
    await client.apply(nestedClusters, object, options);
  } catch (error) {
    // Deleted meanwhile: there is nothing left to say about it.
    if (!isKubeError(error, "notFound", "conflict")) throw error;
  }
}
