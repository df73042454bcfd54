import { AppError } from "@inkube/api";
import { changedObject, createWorkQueue, type KubeObject, type WorkQueue } from "@inkube/kube";
import { settlingMs } from "../access/access.ts";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import type { EventOutput } from "./event-output.ts";
import { cacheOf, type LiveKind, type LiveQuery, liveFilters, liveKinds, liveScope } from "./live-scope.ts";
import { LiveStream } from "./live-stream.ts";

/** Live updates for many readers: one look at each change for all of them. */
export interface LiveFeed {
  /**
   * Opens a stream for a caller; call `run` at once with where it goes. Throws AppError KUBE_THROTTLED when the caller has too
   * many, USAGE for labels that cannot be understood.
   */
  open(principal: Principal, query: LiveQuery): { run(output: EventOutput): Promise<void> };
  stop(): Promise<void>;
}

/** Streams of one user on this replica. */
export const mostOfUser = 100;
/** Another authorizer than RBAC may think otherwise without any notice. */
const recheckMs = 5 * 60_000;
const beatMs = 15_000;
/** Callers whose rights are asked for at the same time. */
const concurrency = 8;
const mostTexts = 500;

type Context = Pick<HubContext, "access" | "view" | "hiddenGroups" | "clock" | "logger">;

/** A stream, and whose it is. */
interface Reader {
  principal: Principal;
  query: LiveQuery;
  stream: LiveStream;
  /** Counts how often what the caller may see became uncertain. */
  doubts: number;
  doubtedAt: number;
}

export function createLiveFeed(context: Context): LiveFeed {
  return new Feed(context);
}

class Feed implements LiveFeed {
  readonly #context: Context;
  readonly #readers = new Map<string, Reader>();
  readonly #ofUser = new Map<string, number>();
  readonly #texts = new Map<KubeObject, string>();
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];
  #opened = 0;

  constructor(context: Context) {
    const { access, view, hiddenGroups, clock, logger } = context;
    this.#context = context;
    this.#queue = createWorkQueue({
      concurrency,
      backoff: { baseMs: 100, maxMs: 10_000 },
      clock,
      handle: (id) => this.#judge(id),
      onError: (_id, error) =>
        logger.warn({ error: error instanceof Error ? error.message : String(error) }, "Could not ask who sees what"),
    });
    this.#queue.start();
    this.#stops = [
      ...liveKinds.map((kind) => this.#follow(kind)),
      access.onVoid((namespace) => this.#doubt(namespace)),
      hiddenGroups.onChange(() => this.#doubt(undefined)),
      view.projects.onChange((change) => {
        if (change.type !== "modified") this.#doubt(changedObject(change).metadata.name);
      }),
    ];
  }

  open(principal: Principal, query: LiveQuery): { run(output: EventOutput): Promise<void> } {
    const filters = liveFilters(query);
    const { user } = principal;
    const count = this.#ofUser.get(user) ?? 0;
    if (count >= mostOfUser) {
      throw new AppError("KUBE_THROTTLED", `You have ${count} live streams open`, {
        todo: "Close some, or watch several kinds of objects in one.",
      });
    }
    return { run: (output) => this.#run(principal, query, filters, output) };
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#queue.stop();
  }

  async #run(
    principal: Principal,
    query: LiveQuery,
    filters: ReturnType<typeof liveFilters>,
    output: EventOutput,
  ): Promise<void> {
    const { view, clock } = this.#context;
    const { user } = principal;
    const id = String(++this.#opened);
    const textOf = (kind: LiveKind, object: KubeObject): string => this.#textOf(kind, object);
    const objects = (kind: LiveKind) => cacheOf(view, kind);
    const stream = new LiveStream({ objects, kinds: query.kinds, filters, output, textOf });
    this.#readers.set(id, { principal, query, stream, doubts: 0, doubtedAt: Number.NEGATIVE_INFINITY });
    this.#ofUser.set(user, (this.#ofUser.get(user) ?? 0) + 1);
    this.#queue.add(id);
    try {
      await Promise.all([stream.run(), beat(output, clock)]);
    } finally {
      this.#readers.delete(id);
      const left = (this.#ofUser.get(user) ?? 1) - 1;
      if (left === 0) this.#ofUser.delete(user);
      else this.#ofUser.set(user, left);
    }
  }

  #follow(kind: LiveKind): () => void {
    return cacheOf(this.#context.view, kind).onChange((change) => {
      for (const { query, stream } of this.#readers.values()) if (query.kinds.includes(kind)) stream.take(kind, change);
    });
  }

  /** Nobody is told anything before it is asked again what he may see. */
  #doubt(namespace: string | undefined): void {
    const now = this.#context.clock.now();
    for (const [id, reader] of this.#readers) {
      if (!dependsOn(reader.query, namespace)) continue;
      reader.stream.hold();
      reader.doubts += 1;
      reader.doubtedAt = now;
      this.#queue.add(id);
    }
  }

  async #judge(id: string): Promise<{ after: number } | undefined> {
    const reader = this.#readers.get(id);
    if (!reader) return undefined;
    const { doubts, principal, query, stream } = reader;
    const scope = await liveScope(this.#context, principal, query);
    // Otherwise it is asked again already.
    if (doubts === reader.doubts) stream.setScope(scope);
    // The API server may have judged by what was before.
    const age = this.#context.clock.now() - reader.doubtedAt;
    return { after: age < settlingMs ? settlingMs : recheckMs };
  }

  /** One line for all readers of a change, who come one after the other. */
  #textOf(kind: LiveKind, object: KubeObject): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify({ kind, object });
    this.#texts.set(object, text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > mostTexts && oldest) this.#texts.delete(oldest);
    return text;
  }
}

/** What happens in one namespace is nothing to those who watch nested clusters of another project. */
function dependsOn({ kinds, project }: LiveQuery, namespace: string | undefined): boolean {
  return (
    namespace === undefined || project === undefined || namespace === project || kinds.some((one) => one !== "clusters")
  );
}

async function beat(output: EventOutput, clock: Context["clock"]): Promise<void> {
  while (!output.closed.aborted) {
    await clock.sleep(beatMs, output.closed).catch(() => undefined);
    if (!output.closed.aborted) output.beat();
  }
}
