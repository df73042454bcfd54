import { type Clock, systemClock } from "@inkube/kube";

/** The machine's clock, on which pauses of up to 5 s, those between attempts to connect, last a hundredth of their time. */
export const hurriedClock: Clock = {
  now: () => systemClock.now(),
  sleep: (ms, signal) => systemClock.sleep(ms <= 5_000 ? ms / 100 : ms, signal),
};
