import { isAppError } from "@inkube/api";
import type { Clock, KubeObject, Logger, WatchCache } from "@inkube/kube";
import type { EventEntry, EventLog } from "../store/index.ts";
import type { FleetView } from "../view/fleet-view.ts";
import { entryOf, type Happening, newsOf, type Teller } from "./happening.ts";
import { aboutCluster, aboutHost, clusterTeller, hostTeller } from "./tellers.ts";

export interface KeepEventsOptions {
  view: Pick<FleetView, "clusters" | "hosts">;
  events: Pick<EventLog, "record">;
  /** What happened longer ago is not written any more. */
  keptMs: number;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

/** Changes that come together are written together. */
const gatherMs = 500;
const mostPauseMs = 60_000;
const mostAtOnce = 500;
/** Beyond these, what objects tell by themselves is written from the objects, later. */
const mostWaiting = 20_000;

interface Kind {
  cache: WatchCache;
  teller: Teller;
  about(object: KubeObject, one: Happening): Pick<EventEntry, "host" | "project" | "cluster">;
}

/**
 * Writes what happens to nested clusters and hosts into the history, until the signal is aborted; for the one replica that leads.
 * First what they tell of their past, so that nothing of it is lost while nobody led, and nothing is there twice. Changes of the phase and the last
 * sight of an object are known only to whoever sees them. Never rejects.
 */
export async function keepEvents(options: KeepEventsOptions): Promise<void> {
  const { view, clock, logger, signal } = options;
  const kinds: Kind[] = [
    { cache: view.clusters, teller: clusterTeller, about: aboutCluster },
    { cache: view.hosts, teller: hostTeller, about: aboutHost },
  ];
  const news = followNews(kinds, clock);
  let failures = 0;
  try {
    for (const { cache } of kinds) await cache.whenSynced(signal);
    while (!signal.aborted) {
      try {
        if (news.pastIsDue) await writePast(kinds, options, news);
        await writeNews(options, news.waiting);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ error: messageOf(error) }, "Could not keep events, trying again");
      }
      await clock.sleep(Math.min(mostPauseMs, gatherMs * 2 ** failures), signal);
    }
  } catch {
    // Told to stop: what was seen last is written all the same.
    await writeNews(options, news.waiting).catch(() => undefined);
  } finally {
    news.stop();
  }
}

interface News {
  waiting: EventEntry[];
  /** Objects have to be asked for all of their past. */
  pastIsDue: boolean;
  stop(): void;
}

function followNews(kinds: readonly Kind[], clock: Clock): News {
  const news: News = { waiting: [], pastIsDue: true, stop: () => undefined };
  // What was there before is asked for its past, a part at a time.
  let replayed = true;
  const stops = kinds.map(({ cache, teller, about }) =>
    cache.onChange((change) => {
      if (replayed) return;
      const object = change.type === "deleted" ? change.previous : change.object;
      const entries = newsOf(teller, change, clock.now()).map((one) => entryOf(about(object, one), object, one));
      if (news.waiting.length + entries.length > mostWaiting) news.pastIsDue = true;
      else news.waiting.push(...entries);
    }),
  );
  replayed = false;
  news.stop = () => {
    for (const stop of stops) stop();
  };
  return news;
}

async function writePast(kinds: readonly Kind[], options: KeepEventsOptions, news: News): Promise<void> {
  const { clock, keptMs } = options;
  news.pastIsDue = false;
  try {
    for (const { cache, teller, about } of kinds) {
      let some: EventEntry[] = [];
      for (const object of [...cache.list()]) {
        const now = clock.now();
        const told = teller.told(object, now).filter(({ time }) => time >= now - keptMs);
        some.push(...told.map((one) => entryOf(about(object, one), object, one)));
        if (some.length < mostAtOnce) continue;
        await write(options, some);
        some = [];
      }
      await write(options, some);
    }
  } catch (error) {
    news.pastIsDue = true;
    throw error;
  }
}

async function writeNews(options: KeepEventsOptions, waiting: EventEntry[]): Promise<void> {
  while (waiting.length > 0) {
    const some = waiting.slice(0, mostAtOnce);
    await write(options, some);
    waiting.splice(0, some.length);
  }
}

async function write({ events, logger }: KeepEventsOptions, entries: readonly EventEntry[]): Promise<void> {
  if (entries.length === 0) return;
  try {
    await events.record(entries);
  } catch (error) {
    // What cannot ever be written must not keep the rest waiting.
    if (!isAppError(error, "USAGE")) throw error;
    logger.error({ events: entries.length, error: error.message }, "Dropped events that cannot be kept");
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
