import { type Condition, type Reason, reasons } from "@inkube/api";
import type { Change, KubeObject } from "@inkube/kube";
import type { EventEntry, EventType } from "../store/index.ts";

/** What happened to an object. */
export interface Happening {
  /** Which of the object's it is: the same one is kept once, however often it is told. */
  id: string;
  /** What lasts while only the reason for it changes. */
  state?: string;
  type: EventType;
  reason: string;
  message: string;
  /** Milliseconds since 1970. */
  time: number;
}

/** How a kind of object is told of. Pure. */
export interface Teller {
  /** What the object tells of its past by itself, today and after any restart. */
  told(object: KubeObject, now: number): Happening[];
  /** What only a change tells, once. */
  seen(previous: KubeObject, object: KubeObject, now: number): Happening[];
}

/** What is new with a change; an object that was added tells all of its past. Pure. */
export function newsOf(teller: Teller, change: Change, now: number): Happening[] {
  if (change.type === "added") return teller.told(change.object, now);
  if (change.type === "deleted") {
    const { kind = "Object", metadata } = change.previous;
    return [happening("deleted", "Deleted", `${kind} ${metadata.name} is gone.`, now)];
  }
  const before = teller.told(change.previous, now);
  const fresh = teller.told(change.object, now).filter(({ id }) => !before.some((old) => old.id === id));
  // Another reason for what lasts has no time of its own.
  const lasts = ({ state }: Happening): boolean => state !== undefined && before.some((old) => old.state === state);
  const timed = fresh.map((one) => (lasts(one) ? { ...one, time: now } : one));
  return [...timed, ...teller.seen(change.previous, change.object, now)];
}

export function happening(id: string, reason: string, message: string, time: number): Happening {
  return { id, type: "Normal", reason, message, time };
}

/** That it was made, and that it is to go. Pure. */
export function lifeOf({ kind = "Object", metadata }: KubeObject, now: number): Happening[] {
  const { name, creationTimestamp, deletionTimestamp } = metadata;
  const made = happening("created", "Created", `${kind} ${name} was created.`, timeOf(creationTimestamp, now));
  if (deletionTimestamp === undefined) return [made];
  return [made, happening("deleting", "Deleting", `${kind} ${name} is being deleted.`, timeOf(deletionTimestamp, now))];
}

/** What a condition tells: since when its status is what it is, and why. Pure. */
export function conditionTold(
  { type, status, reason, message, lastTransitionTime }: Condition,
  now: number,
): Happening {
  const state = [type, status, lastTransitionTime].join("/");
  return {
    id: `${state}/${reason}`,
    state,
    type: status === "False" && isProblem(reason) ? "Warning" : "Normal",
    reason,
    message: `${type} is ${status}. ${message}`,
    time: timeOf(lastTransitionTime, now),
  };
}

/** What of an object's past is kept. The uid of the object is in that of the event: one of the same name begins anew. */
export function entryOf(
  about: Pick<EventEntry, "host" | "project" | "cluster">,
  { metadata }: KubeObject,
  { id, type, reason, message, time }: Happening,
): EventEntry {
  const uid = `${metadata.uid ?? metadata.name}/${id}`;
  const words = { type, reason, message, component: "inkube-hub" };
  return { ...about, uid, ...words, count: 1, firstTime: time, lastTime: time };
}

/** Never in the future, whatever a host says. */
function timeOf(text: string | undefined, now: number): number {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? now : Math.max(0, Math.min(time, now));
}

/** A person may have to do something, where other reasons only say that things take their time. */
function isProblem(reason: string): boolean {
  return (reasons[reason as Reason]?.todo ?? "") !== "";
}
