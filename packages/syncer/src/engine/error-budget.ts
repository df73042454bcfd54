import type { Clock } from "@inkube/kube";

/** Failures in a row, without one success, that exhaust the budget. */
const limit = 20;
/** First and longest time of rest. Milliseconds. */
const baseMs = 1_000;
const maxMs = 60_000;

/**
 * How many failures one nested cluster may cause before it is left alone for a while.
 * - Only failures to reach or be served by an API count; a refusal is an answer.
 * - After 20 in a row the cluster rests 1 s, then 2 s, … up to 60 s. One failure after a rest is enough for the next one.
 * - A success restores the whole budget.
 */
export class ErrorBudget {
  readonly #clock: Clock;
  #failures = 0;
  #rests = 0;
  #restUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that the cluster still has to rest; 0 when it may work. */
  get restMs(): number {
    return Math.max(0, this.#restUntil - this.#clock.now());
  }

  succeeded(): void {
    this.#failures = 0;
    this.#rests = 0;
    this.#restUntil = 0;
  }

  failed(): void {
    this.#failures += 1;
    const allowed = this.#rests === 0 ? limit : 1;
    if (this.#failures < allowed || this.restMs > 0) return;
    this.#restUntil = this.#clock.now() + Math.min(maxMs, baseMs * 2 ** this.#rests);
    this.#rests += 1;
    this.#failures = 0;
  }
}
