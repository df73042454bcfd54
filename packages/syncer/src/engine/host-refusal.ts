import { isKubeError, type KubeError } from "@inkube/kube";

/** The host answered a write with a refusal that only a change of the object or of the host's rules can end. */
export class HostRefusal extends Error {
  readonly refusal: KubeError;

  constructor(refusal: KubeError) {
    super(refusal.explanation, { cause: refusal });
    this.name = "HostRefusal";
    this.refusal = refusal;
  }

  /** True when room may come back by itself: a quota that is used up. */
  get isQuota(): boolean {
    return /exceeded quota/.test(this.refusal.message);
  }

  /** True when the host namespace is going away: nothing is wrong with the object. */
  get isTermination(): boolean {
    return /because it is being terminated/.test(this.refusal.message);
  }
}

/** The error of a host write in the form in which the sync judges it. */
export function judgeHostError(verb: string, error: unknown): unknown {
  const isWrite = verb !== "get";
  return isWrite && isKubeError(error, "forbidden", "invalid") ? new HostRefusal(error) : error;
}
