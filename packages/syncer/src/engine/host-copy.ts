import { isKubeError, type KubeObject } from "@inkube/kube";
import type { ToHostKind } from "../kinds/kind.ts";
import { appliedHash, contentHash, withAppliedHash } from "./applied-hash.ts";
import type { ClusterState } from "./cluster-state.ts";
import { covers, project } from "./drift.ts";
import { hostMetadata } from "./ownership.ts";
import { comparable, isSlim } from "./slim-object.ts";

type Naming = Pick<ClusterState, "context" | "identity">;

/** The host object that a nested object calls for, complete with our metadata and its own hash. */
export function wantedCopy(state: Naming, kind: ToHostKind, nested: KubeObject): KubeObject {
  return withAppliedHash(copyOf(state, kind, nested));
}

function copyOf(state: Naming, kind: ToHostKind, nested: KubeObject): KubeObject {
  const wanted = kind.toHost(nested, state.context);
  const name = state.context.hostName(nested.metadata.name, nested.metadata.namespace ?? "");
  const metadata = hostMetadata(nested, wanted, state.identity, { name, kind: kind.type.kind });
  return { ...wanted, metadata };
}

/**
 * Brings the host copy of a nested object to what is wanted, with at most one request where nothing is refused.
 * Returns the newest host object, or undefined when another look is needed (somebody was faster).
 */
export async function writeCopy(
  state: ClusterState,
  kind: ToHostKind,
  pair: { nested: KubeObject; host: KubeObject | undefined },
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const nested = await completeNested(state, kind, pair.nested, signal);
  if (!nested) return undefined;
  const { host } = pair;
  if (!host) return await createCopy(state, kind, wantedCopy(state, kind, nested), signal);
  if (host.metadata.deletionTimestamp) return host;
  // The hash is half of the work, and an update of a created object does not look at it.
  if (kind.write === "create") {
    return await updateCopy(state, kind, { wanted: copyOf(state, kind, nested), host }, signal);
  }
  return await applyCopy(state, kind, { wanted: wantedCopy(state, kind, nested), host }, signal);
}

/** Whether the host object already is what is wanted, as far as the syncer will ever get it. */
export function isAsWanted(state: Pick<ClusterState, "acceptedDrift">, wanted: KubeObject, host: KubeObject): boolean {
  if (appliedHash(host) !== appliedHash(wanted)) return false;
  const [left, right] = comparable(wanted, host);
  return covers(left, right) || state.acceptedDrift.get(host.metadata.uid ?? "") === fingerprint(left, right);
}

async function createCopy(
  state: ClusterState,
  kind: ToHostKind,
  wanted: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const side = state.host(kind.kind);
  if (kind.write === "apply") return await side.apply(wanted, { signal });
  try {
    return await side.create(wanted, signal);
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
    // Our own earlier request may have been carried out though its answer was lost.
    const live = await side.live(wanted.metadata.name, wanted.metadata.namespace, signal);
    if (live) side.ledger.wrote(live);
    return undefined;
  }
}

async function applyCopy(
  state: ClusterState,
  kind: ToHostKind,
  pair: { wanted: KubeObject; host: KubeObject },
  signal: AbortSignal,
): Promise<KubeObject> {
  const { wanted, host } = pair;
  if (isAsWanted(state, wanted, host)) return host;
  // The uid makes the server refuse the write when the object was replaced meanwhile.
  const body = { ...wanted, metadata: { ...wanted.metadata, ...(host.metadata.uid && { uid: host.metadata.uid }) } };
  const applied = await state.host(kind.kind).apply(body, { signal });
  const [left, right] = comparable(wanted, applied);
  if (covers(left, right)) state.acceptedDrift.delete(applied.metadata.uid ?? "");
  else state.acceptedDrift.set(applied.metadata.uid ?? "", fingerprint(left, right));
  return applied;
}

async function updateCopy(
  state: ClusterState,
  kind: ToHostKind,
  pair: { wanted: KubeObject; host: KubeObject },
  signal: AbortSignal,
): Promise<KubeObject> {
  const { wanted } = pair;
  let host = pair.host;
  const patches = kind.update?.(host, wanted) ?? [];
  if (patches.length === 0) return host;
  const uid = host.metadata.uid ?? "";
  if (state.acceptedDrift.get(uid) === contentHash(patches)) return host;
  for (const { type, subresource, body } of patches) {
    host = await state.host(kind.kind).patch(host, body, { type, signal, ...(subresource && { subresource }) });
  }
  const left = kind.update?.(host, wanted) ?? [];
  if (left.length > 0) state.acceptedDrift.set(uid, contentHash(left));
  else state.acceptedDrift.delete(uid);
  return host;
}

/** Large contents are not kept in memory; they are read again when they are written. */
async function completeNested(
  state: ClusterState,
  kind: ToHostKind,
  nested: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  if (!isSlim(nested)) return nested;
  const live = await state.nested(kind.kind).live(nested.metadata.name, nested.metadata.namespace, signal);
  return live?.metadata.uid === nested.metadata.uid ? live : undefined;
}

function fingerprint(wanted: unknown, live: unknown): string {
  return contentHash(project(wanted, live));
}
