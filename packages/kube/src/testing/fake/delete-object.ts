import type { KubeObject } from "../../types.ts";
import { type ApiContext, findObject, keyOf, type Target, timestamp } from "./api-context.ts";
import { conflict, notFound } from "./api-failure.ts";
import { sameJson, valueAt } from "./json.ts";
import { type ServedType, typeKey } from "./registry.ts";

/** `DeleteOptions` of the API, as far as the fake server knows them. */
export interface DeletionRequest {
  gracePeriodSeconds?: number;
  preconditions?: { uid?: string; resourceVersion?: string };
  propagationPolicy?: string;
  dryRun: boolean;
}

/** What a deletion did: the object is gone, or it stays and waits. */
export interface DeletionResult {
  removed: boolean;
  object: KubeObject;
}

function checkPreconditions(type: ServedType, live: KubeObject, request: DeletionRequest): void {
  const { uid, resourceVersion } = request.preconditions ?? {};
  const { name } = live.metadata;
  if (uid !== undefined && uid !== live.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`;
    throw conflict(type, name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
    const why = `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${live.metadata.resourceVersion}`;
    throw conflict(type, name, why);
  }
}

/** Seconds until a pod may go: none when no kubelet has it or it has ended. Other kinds never wait. */
function gracePeriod(type: ServedType, live: KubeObject, asked: number | undefined): number {
  if (typeKey(type) !== "pods.") return 0;
  const phase = valueAt(live, "status", "phase");
  if (!valueAt(live, "spec", "nodeName") || phase === "Succeeded" || phase === "Failed") return 0;
  const own = valueAt(live, "spec", "terminationGracePeriodSeconds");
  const seconds = asked ?? (typeof own === "number" ? own : 30);
  return seconds < 0 ? 1 : seconds;
}

function finalizersFor(live: KubeObject, policy: string | undefined): string[] {
  const kept = (live.metadata.finalizers ?? []).filter((name) => name !== "orphan" && name !== "foregroundDeletion");
  if (policy === "Orphan") return [...kept, "orphan"];
  if (policy === "Foreground") return [...kept, "foregroundDeletion"];
  return policy === "Background" ? kept : (live.metadata.finalizers ?? []);
}

function marked(
  context: ApiContext,
  type: ServedType,
  live: KubeObject,
  grace: number,
  finalizers: string[],
): KubeObject {
  const metadata: KubeObject["metadata"] = { ...live.metadata };
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
  const before = live.metadata.deletionGracePeriodSeconds;
  const first = live.metadata.deletionTimestamp === undefined;
  if (first || (before !== undefined && grace < before)) {
    metadata.deletionTimestamp = timestamp(context.clock.now() + grace * 1000);
    metadata.deletionGracePeriodSeconds = grace;
  }
  if (first && metadata.generation !== undefined) metadata.generation += 1;
  const next: KubeObject = { ...live, metadata };
  return typeKey(type) === "namespaces." ? { ...next, status: { ...Object(live.status), phase: "Terminating" } } : next;
}

/**
 * Deletes an object, or marks it: with finalizers, within a pod's grace period, and for namespaces, which wait
 * for their controller. Preconditions that do not hold are a 409, a missing object is a 404.
 */
export function deleteObject(context: ApiContext, target: Target, request: DeletionRequest): DeletionResult {
  const { type, name } = target;
  const live = findObject(context, target);
  if (live === undefined) throw notFound(type, name);
  checkPreconditions(type, live, request);
  const grace = gracePeriod(type, live, request.gracePeriodSeconds);
  const finalizers = finalizersFor(live, request.propagationPolicy);
  const next = marked(context, type, live, grace, finalizers);
  const waits = finalizers.length > 0 || next.metadata.deletionGracePeriodSeconds || typeKey(type) === "namespaces.";
  if (request.dryRun) return { removed: !waits, object: next };
  if (!waits) return { removed: true, object: context.store.remove(typeKey(type), keyOf(live), next) };
  if (sameJson(next, live)) return { removed: false, object: live };
  return { removed: false, object: context.store.put(typeKey(type), keyOf(live), next) };
}
