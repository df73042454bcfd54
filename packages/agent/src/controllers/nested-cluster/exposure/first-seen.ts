/** Remembers since when something has been so, as no object on the host tells. Starts anew with the program. */
export interface FirstSeen {
  /** Milliseconds since this was first asked for the key. */
  ageMs(key: string, now: number): number;
  forget(key: string): void;
}

export function createFirstSeen(): FirstSeen {
  const since = new Map<string, number>();
  return {
    ageMs(key, now) {
      const first = since.get(key) ?? now;
      since.set(key, first);
      return now - first;
    },
    forget: (key) => void since.delete(key),
  };
}
