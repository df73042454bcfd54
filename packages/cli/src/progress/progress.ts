export type StepState = "waiting" | "working" | "done" | "failed";

export interface Step {
  name: string;
  state: StepState;
  detail: string;
}

/**
 * Tells a person what is going on, on standard error. `log` is a line that stays; `show` replaces what is known about
 * a set of steps; `end` leaves the screen in order and may be called more than once.
 */
export interface Progress {
  log(line: string): void;
  show(steps: readonly Step[]): void;
  end(): void;
}

/** Says nothing: for -q. */
export const silentProgress: Progress = { log() {}, show() {}, end() {} };
