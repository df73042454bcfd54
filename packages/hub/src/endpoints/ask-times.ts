import { isDeepStrictEqual } from "node:util";
import type { EndpointTarget } from "./endpoint-target.ts";

/** An endpoint is asked so often, milliseconds. */
export const everyMs = 60_000;
/** The same where the authority is not known: the agent is away, or connected to other replicas only. */
export const againMs = 15_000;
/** After a change it is asked sooner, yet not at each: a host can name another endpoint all the time. */
export const changedMs = 5_000;

/** When which endpoint was asked, by key of the nested cluster. */
export interface AskTimes {
  /** Milliseconds until this target may be asked; 0 when it may be now, which counts as asked. */
  take(key: string, uid: string, target: EndpointTarget, now: number): number;
  /** The last attempt came to nothing. */
  failed(key: string): void;
  forget(key: string): void;
}

interface Asked {
  uid: string;
  target: EndpointTarget;
  at: number;
  restMs: number;
}

export function createAskTimes(): AskTimes {
  const asked = new Map<string, Asked>();
  return {
    take(key, uid, target, now) {
      const last = asked.get(key);
      if (last?.uid === uid) {
        const restMs = isDeepStrictEqual(last.target, target) ? last.restMs : changedMs;
        const age = now - last.at;
        if (age >= 0 && age < restMs) return restMs - age;
      }
      asked.set(key, { uid, target, at: now, restMs: everyMs });
      return 0;
    },
    failed(key) {
      const last = asked.get(key);
      if (last) last.restMs = againMs;
    },
    forget: (key) => void asked.delete(key),
  };
}
