import type { KubeObject, Outcome } from "@inkube/kube";
import type { ToHostKind } from "../kinds/kind.ts";
import { assertComplete, type ClusterState } from "./cluster-state.ts";
import { writeCopy } from "./host-copy.ts";
import { trustMs } from "./ledger.ts";
import { takeOver } from "./nested-writes.ts";
import type { ObjectKey } from "./object-key.ts";
import { type Owner, ownerOf } from "./ownership.ts";
import { deleteCopyOfGone, deleteOfVanishedCopy, finishTermination } from "./verified-delete.ts";
import { withdraw } from "./withdraw.ts";

/** A host object made during admission waits this long for its nested object before it counts as left over. Milliseconds. */
const admissionMs = 60_000;
/** Pauses after which things are looked at again that no event announces. Milliseconds. */
const takenMs = 60_000;
const waitMs = 2_000;
const deletingMs = 1_000;

/** What is known of one object on both sides. `owner` is undefined when the host object is not this cluster's copy. */
export interface Pair {
  nested: KubeObject | undefined;
  host: KubeObject | undefined;
  owner: Owner | undefined;
}

/** Whether events will tell when what is known of a key is gone, on either side. */
function isShown(state: ClusterState, kind: ToHostKind, key: ObjectKey): boolean {
  const hostName = state.context.hostName(key.name, key.namespace);
  const onHost = state.host(kind.kind).isShown(hostName, state.identity.hostNamespace);
  return onHost && state.nested(kind.kind).isShown(key.name, key.namespace);
}

/** Both sides of a key as known now. */
export function readPair(state: ClusterState, kind: ToHostKind, key: ObjectKey): Pair {
  const nested = state.nested(kind.kind).get(key.name, key.namespace);
  const hostName = state.context.hostName(key.name, key.namespace);
  const host = state.host(kind.kind).get(hostName, state.identity.hostNamespace);
  return { nested, host, owner: host && ownerOf(host, state.identity, kind.type.kind) };
}

/**
 * Brings one object and its host copy into agreement. Idempotent, and safe to interrupt anywhere: what it decides depends
 * only on both sides' state. Throws KubeError when a request failed and FrozenError when too little is known.
 */
export async function reconcileToHost(
  state: ClusterState,
  kind: ToHostKind,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<Outcome> {
  const outcome = await reconcilePair(state, kind, key, signal);
  return outcome ?? (isShown(state, kind, key) ? undefined : { after: trustMs });
}

async function reconcilePair(
  state: ClusterState,
  kind: ToHostKind,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<Outcome> {
  assertComplete(state);
  const pair = readPair(state, kind, key);
  if (!pair.nested) return await collect(state, kind, pair, signal);
  if (pair.nested.metadata.deletionTimestamp && endsWithCopy(kind, pair.nested)) {
    return await terminate(state, kind, { ...pair, nested: pair.nested }, signal);
  }
  return await reconcileLive(state, kind, { ...pair, nested: pair.nested }, signal);
}

async function reconcileLive(
  state: ClusterState,
  kind: ToHostKind,
  pair: Pair & { nested: KubeObject },
  signal: AbortSignal,
): Promise<Outcome> {
  const { nested, host, owner } = pair;
  const decision = kind.decide(nested, state.context);
  if (!decision.sync) {
    if (decision.wait) return { after: waitMs };
    return owner && host && !endsWithCopy(kind, nested)
      ? await withdraw(state, kind, { nested, host }, signal)
      : undefined;
  }
  if (host) state.unwantedSince.delete(host.metadata.uid ?? "");
  if (host && !owner) {
    state.report(kind, nested, "NameTaken", "The host has another object under the name of this object's copy.");
    return { after: takenMs };
  }
  if (host && owner && owner.uid !== "" && owner.uid !== nested.metadata.uid) {
    await deleteCopyOfGone(state, kind, { host, owner }, signal);
    return { after: deletingMs };
  }
  if (host && state.host(kind.kind).ledger.isDeleting(host) && !host.metadata.deletionTimestamp) {
    return { after: deletingMs };
  }
  if (!host && endsWithCopy(kind, nested) && hadCopy(state, nested)) {
    await deleteOfVanishedCopy(state, kind, nested, signal);
    return undefined;
  }
  if (!host && nested.metadata.deletionTimestamp) return undefined;
  const written = await writeCopy(state, kind, { nested, host }, signal);
  if (!written) return { after: 0 };
  if (endsWithCopy(kind, nested) && nested.metadata.uid) state.seenOnHost.add(nested.metadata.uid);
  await takeOver(state, kind, { nested, host: written }, signal);
  return undefined;
}

/** The nested object is not there: its copy, when it is ours, is removed after the nested API server confirmed that. */
async function collect(state: ClusterState, kind: ToHostKind, pair: Pair, signal: AbortSignal): Promise<Outcome> {
  const { host, owner } = pair;
  if (!host || !owner) return undefined;
  if (owner.uid === "") {
    const age = state.clock.now() - Date.parse(host.metadata.creationTimestamp ?? "");
    if (age < admissionMs) return { after: admissionMs - age };
  }
  const gone = await deleteCopyOfGone(state, kind, { host, owner }, signal);
  return gone ? undefined : { after: waitMs };
}

/** The nested object is being deleted and lives as long as its copy: the copy goes first, with the same grace. */
async function terminate(
  state: ClusterState,
  kind: ToHostKind,
  pair: Pair & { nested: KubeObject },
  signal: AbortSignal,
): Promise<Outcome> {
  const { nested, host, owner } = pair;
  if (host && owner && owner.uid !== "" && owner.uid !== nested.metadata.uid) {
    await deleteCopyOfGone(state, kind, { host, owner }, signal);
    return { after: deletingMs };
  }
  if (!host || !owner) {
    await finishTermination(state, kind, nested, signal);
    return state.nested(kind.kind).ledger.isDeleting(nested) ? { after: deletingMs } : undefined;
  }
  const grace = nested.metadata.deletionGracePeriodSeconds;
  const hostGrace = host.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY;
  const alreadySent = state.host(kind.kind).ledger.isDeleting(host) && !host.metadata.deletionTimestamp;
  if (!alreadySent && (!host.metadata.deletionTimestamp || (grace ?? hostGrace) < hostGrace)) {
    await state.host(kind.kind).delete(host, grace, signal);
    return { after: deletingMs };
  }
  await takeOver(state, kind, { nested, host }, signal);
  return undefined;
}

/** True for kinds whose nested object must not outlive its copy: pods. */
export function endsWithCopy(kind: ToHostKind, nested: KubeObject): boolean {
  return kind.onHostGone(nested) === "delete";
}

/**
 * Whether the object once had a copy: seen by this process, or told by what only the host's kubelet reports. A node is no sign of
 * it, since a scheduler inside may have chosen that before there was a copy.
 */
function hadCopy(state: ClusterState, nested: KubeObject): boolean {
  if (state.seenOnHost.has(nested.metadata.uid ?? "")) return true;
  return Boolean((nested.status as { startTime?: string } | undefined)?.startTime);
}
