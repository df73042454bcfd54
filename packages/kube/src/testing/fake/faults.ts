import type { WatchDistortion } from "./watch-stream.ts";

/** A request as fault rules and the request log see it. */
export interface SeenRequest {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `apply`, `delete`, `deletecollection`; "" outside resources. */
  verb: string;
  method: string;
  /** Path without query. */
  path: string;
  plural: string;
  namespace: string;
  name: string;
  subresource: string;
}

/** What goes wrong. Milliseconds; `answer` sends a Status of that code. */
export type Fault =
  /** The connection breaks and nothing was done. */
  | { kind: "dropBefore" }
  /** The request was carried out, then the connection breaks: the client cannot know. */
  | { kind: "dropAfter" }
  | { kind: "delay"; ms: number }
  | { kind: "answer"; status: 401 | 403 | 409 | 429 | 500 | 503 | 504; retryAfterSeconds?: number }
  /** The distortions apply to watches only. */
  | { kind: "delayEvents"; ms: number }
  | { kind: "replayEvents"; revisions: number }
  | { kind: "cutWatchAfter"; lines: number };

export interface FaultRule {
  fault: Fault;
  /** Which requests; all, when absent. */
  when?: (request: SeenRequest) => boolean;
  /** How often it strikes, 0 to 1. Default 1. */
  probability?: number;
  /** How many times it strikes at most. */
  times?: number;
}

interface ActiveRule extends FaultRule {
  left: number;
}

/** What the rules decided for one request. */
export interface Verdict {
  drop?: "before" | "after";
  delayMs: number;
  answer?: { status: number; retryAfterSeconds?: number };
  distortion: WatchDistortion;
}

/** The rules in force; each decision draws from the injected random source only. */
export class FaultRules {
  #rules = new Set<ActiveRule>();
  #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  add(rule: FaultRule): () => void {
    const active = { ...rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.add(active);
    return () => this.#rules.delete(active);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** All rules that strike take effect together. */
  judge(request: SeenRequest): Verdict {
    const verdict: Verdict = {
      delayMs: 0,
      distortion: { delayMs: 0, replay: 0, cutAfter: Number.POSITIVE_INFINITY },
    };
    for (const rule of this.#rules) {
      if (rule.when && !rule.when(request)) continue;
      if (rule.left <= 0 || this.#random() >= (rule.probability ?? 1)) continue;
      rule.left -= 1;
      addFault(verdict, rule.fault);
    }
    return verdict;
  }
}

function addFault(verdict: Verdict, fault: Fault): void {
  const { distortion } = verdict;
  switch (fault.kind) {
    case "dropBefore":
      verdict.drop = "before";
      break;
    case "dropAfter":
      verdict.drop ??= "after";
      break;
    case "delay":
      verdict.delayMs += fault.ms;
      break;
    case "answer":
      verdict.answer = fault;
      break;
    case "delayEvents":
      distortion.delayMs += fault.ms;
      break;
    case "replayEvents":
      distortion.replay += fault.revisions;
      break;
    case "cutWatchAfter":
      distortion.cutAfter = Math.min(distortion.cutAfter, fault.lines);
      break;
  }
}
