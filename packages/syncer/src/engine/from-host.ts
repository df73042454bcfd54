import { labels, managedBy } from "@inkube/api";
import type { KubeObject, Outcome } from "@inkube/kube";
import type { FromHostKind } from "../kinds/kind.ts";
import { appliedHash, contentHash, withAppliedHash } from "./applied-hash.ts";
import { assertComplete, type ClusterState } from "./cluster-state.ts";
import { covers, project } from "./drift.ts";
import { trustMs } from "./ledger.ts";
import { isMirrored } from "./ownership.ts";
import type { Side } from "./side.ts";

/** Pauses after which things are looked at again that no event announces. Milliseconds. */
const takenMs = 60_000;
const waitMs = 1_000;

/** Both sides of a kind that the host owns. */
export interface MirrorSides {
  nested: Side;
  host: Side;
}

/**
 * Brings one mirrored object inside into agreement with the host's. An object of the same name that somebody inside made
 * is left alone; deleted is only what the syncer made, and only after the host's API server said that its origin is gone.
 */
export async function reconcileFromHost(
  state: ClusterState,
  kind: FromHostKind,
  sides: MirrorSides,
  name: string,
  signal: AbortSignal,
): Promise<Outcome> {
  assertComplete(state);
  const host = sides.host.cache.get(name);
  const mirrored = sides.nested.get(name);
  const wanted = host && kind.toNested(host, state.context);
  if (!wanted) return mirrored ? await remove(state, kind, sides, mirrored, signal) : undefined;
  if (mirrored?.metadata.deletionTimestamp) return undefined;
  if (!mirrored && !(await isFree(sides.nested, name, signal))) {
    state.logger.warn({ kind: kind.kind, name }, "Could not mirror object, the name is taken inside");
    return { after: takenMs };
  }
  await write(state, kind, sides.nested, { wanted: marked(wanted, name), mirrored }, signal);
  return sides.nested.isShown(name) ? undefined : { after: trustMs };
}

async function write(
  state: ClusterState,
  kind: FromHostKind,
  side: Side,
  pair: { wanted: KubeObject; mirrored: KubeObject | undefined },
  signal: AbortSignal,
): Promise<void> {
  const { status, ...withoutStatus } = pair.wanted;
  const wanted = withAppliedHash(withoutStatus);
  let mirrored = pair.mirrored;
  if (!mirrored || !agrees(state, "", wanted, mirrored)) {
    const metadata = { ...wanted.metadata, ...(mirrored?.metadata.uid && { uid: mirrored.metadata.uid }) };
    mirrored = await side.apply({ ...wanted, metadata }, { signal });
    accept(state, "", wanted, mirrored);
  }
  if (!kind.hasStatus || status === undefined) return;
  const wantedStatus: KubeObject = { metadata: { name: wanted.metadata.name }, status };
  if (covers(status, mirrored.status) || isAccepted(state, "/status", wantedStatus, mirrored)) return;
  accept(state, "/status", wantedStatus, await side.apply(wantedStatus, { subresource: "status", signal }));
}

async function remove(
  state: ClusterState,
  kind: FromHostKind,
  sides: MirrorSides,
  mirrored: KubeObject,
  signal: AbortSignal,
): Promise<Outcome> {
  if (mirrored.metadata.deletionTimestamp || sides.nested.ledger.isDeleting(mirrored)) return undefined;
  if (!isMirrored(mirrored)) return undefined;
  const live = await sides.host.live(mirrored.metadata.name, undefined, signal);
  if (live && kind.toNested(live, state.context)) return { after: waitMs };
  assertComplete(state);
  await sides.nested.delete(mirrored, undefined, signal);
  return undefined;
}

/** Asks once, before the first write: the cache holds only what the syncer made. */
async function isFree(side: Side, name: string, signal: AbortSignal): Promise<boolean> {
  const live = await side.live(name, undefined, signal);
  return live === undefined || isMirrored(live);
}

function marked(wanted: KubeObject, name: string): KubeObject {
  const { namespace: _none, ...metadata } = wanted.metadata;
  return {
    ...wanted,
    metadata: { ...metadata, name, labels: { ...metadata.labels, [labels.managedBy]: managedBy.syncer } },
  };
}

function agrees(state: ClusterState, part: string, wanted: KubeObject, mirrored: KubeObject): boolean {
  if (appliedHash(wanted) !== appliedHash(mirrored)) return false;
  return covers(wanted, mirrored) || isAccepted(state, part, wanted, mirrored);
}

function isAccepted(state: ClusterState, part: string, wanted: KubeObject, mirrored: KubeObject): boolean {
  return state.acceptedDrift.get(`${mirrored.metadata.uid}${part}`) === fingerprint(wanted, mirrored);
}

function accept(state: ClusterState, part: string, wanted: KubeObject, applied: KubeObject): void {
  const id = `${applied.metadata.uid}${part}`;
  if (covers(wanted, applied)) state.acceptedDrift.delete(id);
  else state.acceptedDrift.set(id, fingerprint(wanted, applied));
}

function fingerprint(wanted: KubeObject, live: KubeObject): string {
  return contentHash([wanted, project(wanted, live)]);
}
