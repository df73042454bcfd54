/** Lets only so many parties work at the same time, each at one thing; the others wait in the order in which they came. */
export interface Turns {
  /** Runs `work` when it is the party's turn. Throws the signal's reason, without having begun, when it is aborted before. */
  run<T>(party: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createTurns(atOnce: number): Turns {
  const busy = new Set<string>();
  const waiting = new Set<{ party: string; begin: () => void }>();

  const callNext = (): void => {
    for (const one of waiting) {
      if (busy.size >= atOnce) return;
      if (busy.has(one.party)) continue;
      waiting.delete(one);
      busy.add(one.party);
      one.begin();
    }
  };
  const wait = async (party: string, signal: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one = { party, begin: resolve };
    const giveUp = (): void => {
      if (waiting.delete(one)) reject(signal.reason);
    };
    waiting.add(one);
    signal.addEventListener("abort", giveUp, { once: true });
    callNext();
    await promise.finally(() => signal.removeEventListener("abort", giveUp));
  };
  return {
    async run(party, signal, work) {
      signal.throwIfAborted();
      await wait(party, signal);
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        busy.delete(party);
        callNext();
      }
    },
  };
}
