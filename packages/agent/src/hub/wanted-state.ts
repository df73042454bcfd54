import type { WantedLine } from "@inkube/api";

export type WantedCluster = Extract<WantedLine, { type: "cluster" }>;
export type WantedHost = Extract<WantedLine, { type: "host" }>;

/** What the hub wants of this host, as far as it has told. Kept when the hub is away. */
export interface WantedState {
  readonly host: WantedHost | undefined;
  get(key: string): WantedCluster | undefined;
  keys(): Iterable<string>;
  /**
   * Takes one line. `key` names the nested cluster that it is about, `project/name`; for `synced` all those that the hub did not
   * speak of since `begin`.
   */
  take(line: WantedLine): { keys: string[]; hostChanged: boolean };
  /** A new connection: everything will be told again. */
  begin(): void;
}

/** `project/name`. */
export function wantedKey({ project, name }: { project: string; name: string }): string {
  return `${project}/${name}`;
}

export function createWantedState(): WantedState {
  const clusters = new Map<string, WantedCluster>();
  let host: WantedHost | undefined;
  let told: Set<string> | undefined;
  return {
    get host() {
      return host;
    },
    get: (key) => clusters.get(key),
    keys: () => clusters.keys(),
    begin() {
      told = new Set();
    },
    take(line) {
      switch (line.type) {
        case "host":
          host = line;
          return { keys: [], hostChanged: true };
        case "cluster": {
          const key = wantedKey(line);
          clusters.set(key, line);
          told?.add(key);
          return { keys: [key], hostChanged: false };
        }
        case "gone": {
          const key = wantedKey(line);
          if (clusters.get(key)?.uid === line.uid) clusters.delete(key);
          return { keys: [key], hostChanged: false };
        }
        case "synced": {
          const forgotten = [...clusters.keys()].filter((key) => told && !told.has(key));
          for (const key of forgotten) clusters.delete(key);
          told = undefined;
          // Everything is looked at: the hub may have forgotten what it was told before.
          return { keys: [...forgotten, ...clusters.keys()], hostChanged: true };
        }
        default:
          return { keys: [], hostChanged: false };
      }
    },
  };
}
