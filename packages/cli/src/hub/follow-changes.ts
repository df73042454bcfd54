import type { KubeObject } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { toAppError } from "../present-error.ts";
import type { HubClient, Query } from "./hub-client.ts";
import { type ServerEvent, serverEvents } from "./server-events.ts";

export interface ObjectChange {
  type: "added" | "modified" | "deleted";
  /** Of what was deleted only its name, project and uid. */
  object: KubeObject;
}

type Context = Pick<CommandContext, "clock" | "signal" | "progress">;

/** The hub shows every 15 s that it is there. */
const silenceMs = 60_000;
const pause = { firstMs: 1000, mostMs: 30_000 };

/**
 * Every object that the hub's watch tells of, then every change. Goes on through lost connections once the first stream has begun,
 * and tells then what changed meanwhile, so that whoever follows never misses that something is gone. Ends only by its consumer,
 * the signal, or an error that trying again does not help.
 */
export async function* followChanges(hub: HubClient, query: Query, context: Context): AsyncGenerator<ObjectChange> {
  const known = new Known();
  let lost = false;
  for (let waitMs = pause.firstMs; ; waitMs = Math.min(waitMs * 2, pause.mostMs)) {
    try {
      for await (const event of liveEvents(hub, query, context)) {
        if (lost) context.progress.log("The hub is there again");
        [lost, waitMs] = [false, pause.firstMs];
        yield* known.changesOf(event);
      }
    } catch (error) {
      if (context.signal.aborted || !known.begun || toAppError(error).retry === "never") throw error;
    }
    context.signal.throwIfAborted();
    if (!lost) context.progress.log("The connection to the hub is lost; trying again");
    lost = true;
    known.beginAgain();
    await context.clock.sleep(waitMs, context.signal);
  }
}

/** What the consumer was told is there, by uid. */
class Known {
  readonly #objects = new Map<string, KubeObject["metadata"]>();
  #missing: Set<string> | undefined;
  #begun = false;

  /** Whether there was ever an event. */
  get begun(): boolean {
    return this.#begun;
  }

  /** A new stream tells everything anew; what it does not tell of until it has caught up is gone. */
  beginAgain(): void {
    this.#missing = new Set(this.#objects.keys());
  }

  *changesOf({ name, data }: ServerEvent): Generator<ObjectChange> {
    this.#begun = true;
    if (name === "synced") yield* this.#gone();
    if (name !== "added" && name !== "modified" && name !== "deleted") return;
    const { object } = JSON.parse(data) as { object: KubeObject };
    const { name: called, namespace, uid = "", resourceVersion } = object.metadata;
    const before = this.#objects.get(uid);
    this.#missing?.delete(uid);
    if (name === "deleted") this.#objects.delete(uid);
    else
      this.#objects.set(uid, {
        name: called,
        uid,
        ...(namespace && { namespace }),
        ...(resourceVersion && { resourceVersion }),
      });
    if (name !== "added" || !before) yield { type: name, object };
    else if (before.resourceVersion !== resourceVersion) yield { type: "modified", object };
  }

  *#gone(): Generator<ObjectChange> {
    for (const gone of this.#missing ?? []) {
      const { resourceVersion: _, ...metadata } = this.#objects.get(gone) ?? { name: "" };
      this.#objects.delete(gone);
      yield { type: "deleted", object: { metadata } };
    }
    this.#missing = undefined;
  }
}

/** The events of one connection; it is given up when nothing comes for too long. */
async function* liveEvents(hub: HubClient, query: Query, { clock, signal }: Context): AsyncGenerator<ServerEvent> {
  const silence = new AbortController();
  const ended = new AbortController();
  let heardAt = clock.now();
  const watch = async (): Promise<void> => {
    for (let left = silenceMs; left > 0; left = heardAt + silenceMs - clock.now())
      await clock.sleep(left, ended.signal);
    silence.abort();
  };
  watch().catch(() => undefined);
  async function* heard(): AsyncGenerator<Uint8Array> {
    for await (const chunk of hub.stream("/api/v1/watch", query, AbortSignal.any([signal, silence.signal]))) {
      heardAt = clock.now();
      yield chunk;
    }
  }
  try {
    yield* serverEvents(heard());
  } catch (error) {
    // Silence is no error of the caller's: the stream just ended.
    if (!silence.signal.aborted || signal.aborted) throw error;
  } finally {
    ended.abort();
  }
}
