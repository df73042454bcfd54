import { type Change, changedObject, type KubeObject, type Priority, resources } from "@inkube/kube";
import type { SyncKind, ToHostKind } from "../kinds/kind.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { HostHalf } from "./host-half.ts";
import { isFinished, usedKeys } from "./kind-context.ts";
import type { NestedHalf } from "./nested-half.ts";
import { formatKey } from "./object-key.ts";
import { ownerOf } from "./ownership.ts";
import type { SharedHost } from "./shared-host.ts";
import { tokenOwner } from "./token-secrets.ts";

export interface WiringOptions {
  state: ClusterState;
  kinds: readonly SyncKind[];
  nested: NestedHalf;
  host: HostHalf;
  shared: SharedHost;
  add: (key: string, priority: Priority) => void;
  /** Something left the host, so that what a quota refused may find room. */
  onRoom: () => void;
}

/** Turns every change on either side into the keys that it concerns. Returns how to end that. */
export function wireChanges(options: WiringOptions): () => void {
  const undo: (() => void)[] = [];
  for (const kind of options.kinds) {
    const nested = options.nested.side(kind.kind).cache;
    if (kind.direction === "toHost") {
      undo.push(nested.onChange((change) => onNestedChange(options, kind, change)));
      undo.push(options.host.side(kind.kind).cache.onChange((change) => onHostChange(options, kind, change)));
      undo.push(...wireTriggers(options, kind));
    } else {
      const add = (change: Change) =>
        options.add(formatKey(kind.kind, "", changedObject(change).metadata.name), "normal");
      undo.push(nested.onChange(add), options.shared.side(kind.kind).cache.onChange(add));
    }
  }
  return () => {
    for (const each of undo) each();
  };
}

function onNestedChange(options: WiringOptions, kind: ToHostKind, change: Change): void {
  const { metadata } = changedObject(change);
  options.add(formatKey(kind.kind, metadata.namespace, metadata.name), priorityOf(kind));
  if (change.type === "deleted") options.state.seenOnHost.delete(metadata.uid ?? "");
  for (const key of changedUses(kind, change)) options.add(key, "normal");
  addVolume(options, kind, changedObject(change));
}

function onHostChange(options: WiringOptions, kind: ToHostKind, change: Change): void {
  const object = changedObject(change);
  const { state } = options;
  const owner = ownerOf(object, state.identity, kind.type.kind);
  if (owner) {
    options.add(formatKey(kind.kind, owner.namespace, owner.name), priorityOf(kind));
    if (change.type !== "deleted" && kind.kind === resources.pods.plural) state.seenOnHost.add(owner.uid);
    addVolume(options, kind, object);
  } else if (kind.kind === resources.secrets.plural) {
    const pod = tokenOwner(state, object);
    if (pod) options.add(formatKey(resources.pods.plural, pod.namespace, pod.name), "normal");
  }
  if (change.type !== "deleted") return;
  options.onRoom();
  state.acceptedDrift.delete(object.metadata.uid ?? "");
  state.unwantedSince.delete(object.metadata.uid ?? "");
}

function wireTriggers(options: WiringOptions, kind: ToHostKind): (() => void)[] {
  return (kind.triggers ?? []).flatMap((trigger) => {
    const cache = options.nested.cache(trigger.kind);
    if (!cache) return [];
    return cache.onChange((change) => {
      for (const { namespace, name } of trigger.affected(changedObject(change), options.state.context)) {
        options.add(formatKey(kind.kind, namespace, name), "normal");
      }
    });
  });
}

/** What an object used before or uses now, when that may differ: those go to the host, or leave it. */
function changedUses(kind: ToHostKind, change: Change): string[] {
  if (change.type !== "modified") return usedKeys(kind, changedObject(change));
  const { object, previous } = change;
  const sameSpec =
    object.metadata.generation === previous.metadata.generation && object.metadata.generation !== undefined;
  if (sameSpec && isFinished(object) === isFinished(previous)) return [];
  const before = new Set(usedKeys(kind, previous));
  const after = new Set(usedKeys(kind, object));
  return [...before, ...after].filter((key) => before.has(key) !== after.has(key));
}

/** A claim's volume is shown inside because of the claim, so a claim's change may change what is shown. */
function addVolume(options: WiringOptions, kind: ToHostKind, object: KubeObject): void {
  if (kind.kind !== resources.persistentvolumeclaims.plural) return;
  const { volumeName } = (object.spec ?? {}) as { volumeName?: string };
  if (volumeName) options.add(formatKey(resources.persistentvolumes.plural, "", volumeName), "normal");
}

function priorityOf(kind: ToHostKind): Priority {
  return kind.kind === resources.pods.plural ? "high" : "normal";
}
