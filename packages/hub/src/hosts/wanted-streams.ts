import type { ServerResponse } from "node:http";
import { beatMs, type WantedLine } from "@inkube/api";
import type { Clock } from "@inkube/kube";
import type { Replicas } from "../replicas/replicas.ts";
import type { WantedFeed } from "./wanted-feed.ts";

/** Streams of what is wanted, to hosts that may read slowly, not at all, or ask for ever more of them. */
export interface WantedStreams {
  /** Streams to one host until it, the signal or a newer stream ends it. Resolves then. */
  send(host: string, answer: ServerResponse, signal: AbortSignal): Promise<void>;
}

/** What waits for a slow reader, bytes: more than all that is wanted of a large host. */
const mostWaiting = 32 * 1024 * 1024;
/** An agent that dials again has lost the one before; while one agent takes over from another both may be there. */
const mostOfHost = 3;

export function createWantedStreams(feed: WantedFeed, replicas: Replicas, clock: Clock): WantedStreams {
  const open = new Map<string, Set<() => void>>();
  return {
    async send(host, answer, signal) {
      const gone = new AbortController();
      const end = (): void => gone.abort();
      const mine = open.get(host) ?? new Set();
      open.set(host, mine.add(end));
      for (const older of [...mine].slice(0, -mostOfHost)) {
        mine.delete(older);
        older();
      }
      const write = (line: WantedLine): void => {
        if (!gone.signal.aborted) answer.write(`${JSON.stringify(line)}\n`);
        if (answer.writableLength > mostWaiting) end();
      };
      const tellReplicas = (names: string[]): void => write({ type: "replicas", names });
      tellReplicas(replicas.names());
      const unsubscribes = [replicas.onChange(tellReplicas), feed.subscribe(host, write)];
      answer.on("close", end);
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted || answer.destroyed) end();
      while (!gone.signal.aborted) {
        await clock.sleep(beatMs, gone.signal).catch(() => undefined);
        write({ type: "beat" });
      }
      for (const unsubscribe of unsubscribes) unsubscribe();
      mine.delete(end);
      if (mine.size === 0 && open.get(host) === mine) open.delete(host);
      // What nobody reads would keep the connection for ever.
      if (answer.writableLength > 0) answer.destroy();
      else answer.end();
    },
  };
}
