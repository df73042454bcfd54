/**
 * Knows which copies of an object are older than what this program wrote itself. Working on such a copy would repeat the
 * write; its successor is already on the way.
 */
export interface OwnWrites {
  /** Remembers that the copy of version `from` was replaced by a write of ours. */
  replaced(key: string, from: string): void;
  isOutdated(key: string, version: string): boolean;
  forget(key: string): void;
}

export function createOwnWrites(): OwnWrites {
  const outdated = new Map<string, string>();
  return {
    replaced: (key, from) => void outdated.set(key, from),
    isOutdated: (key, version) => outdated.get(key) === version,
    forget: (key) => void outdated.delete(key),
  };
}
