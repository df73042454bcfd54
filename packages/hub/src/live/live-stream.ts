import type { Change, KubeObject, WatchCache } from "@inkube/kube";
import type { Filter } from "../view/filter.ts";
import type { EventOutput } from "./event-output.ts";
import type { LiveKind, LiveScope } from "./live-scope.ts";

export interface LiveStreamOptions {
  /** All objects of a kind, as they are now. */
  objects(kind: LiveKind): Pick<WatchCache, "get" | "list">;
  kinds: readonly LiveKind[];
  filters: Record<LiveKind, Filter>;
  output: EventOutput;
  /** The line for an object; the same for every reader. */
  textOf(kind: LiveKind, object: KubeObject): string;
}

/** An object about which the reader has yet to hear. */
interface Due {
  kind: LiveKind;
  name: string;
  namespace: string | undefined;
  /** The uid of the object that the reader knows under this name; absent: none. */
  known: string | undefined;
}

/**
 * Tells one reader of the objects that he asked for and may see: all there are, `synced`, then what changes. What waits for him is only
 * which objects changed, each once, so that a slow reader passes over states between and costs no more than a fast one.
 *
 * For an object that is not due the reader knows exactly what the view has: it, if he may see it and wants it, or nothing.
 */
export class LiveStream {
  readonly #options: LiveStreamOptions;
  readonly #due = new Map<string, Due>();
  #scope: LiveScope | undefined;
  /** What the reader may see is not certain: nothing is told. */
  #held = true;
  /** How many of those that are due come before `synced`; undefined once that was told. */
  #first: number | undefined = 0;
  #wake: (() => void) | undefined;

  constructor(options: LiveStreamOptions) {
    this.#options = options;
  }

  /** Tells nothing until the next `setScope`. */
  hold(): void {
    this.#held = true;
  }

  /** What the reader may see from now on: what he sees no more is told to be deleted, what he sees now to be added. */
  setScope(scope: LiveScope): void {
    const before = this.#scope;
    if (before?.text !== scope.text) this.#compare(before, scope);
    this.#scope = scope;
    if (!before) this.#first = this.#due.size;
    this.#held = false;
    this.#wake?.();
  }

  take(kind: LiveKind, change: Change): void {
    const scope = this.#scope;
    if (!scope) return;
    const known = change.type === "added" ? undefined : this.#seen(scope, kind, change.previous);
    const concerns = known || (change.type !== "deleted" && this.#seen(scope, kind, change.object));
    if (concerns) this.#add(kind, change.type === "deleted" ? change.previous : change.object, known);
  }

  /** Runs until the output is closed. */
  async run(): Promise<void> {
    const { output } = this.#options;
    const wake = (): void => this.#wake?.();
    output.closed.addEventListener("abort", wake);
    while (!output.closed.aborted) {
      await output.ready();
      if (!this.#held && this.#tell()) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (output.closed.aborted) resolve();
      });
    }
    this.#due.clear();
  }

  /** Tells the next thing; false when there is none. */
  #tell(): boolean {
    const { output } = this.#options;
    if (this.#first === 0) {
      output.event("synced", "{}");
      this.#first = undefined;
      return true;
    }
    const [next] = this.#due;
    if (!next || output.closed.aborted) return false;
    const [key, due] = next;
    this.#due.delete(key);
    if (this.#first !== undefined) this.#first -= 1;
    this.#tellOf(due);
    return true;
  }

  #tellOf({ kind, name, namespace, known }: Due): void {
    const { objects, output, textOf } = this.#options;
    const object = objects(kind).get(name, namespace);
    const seen = object && this.#scope && this.#seen(this.#scope, kind, object);
    // Only by its name: what it is now is not the reader's to see.
    if (known !== undefined && known !== seen) output.event("deleted", goneText(kind, name, namespace, known));
    if (object && seen) output.event(known === seen ? "modified" : "added", textOf(kind, object));
  }

  /** The object's uid when the reader is to know of it. */
  #seen(scope: LiveScope, kind: LiveKind, object: KubeObject): string | undefined {
    const isSeen = this.#options.filters[kind](object) && scope.shows(kind, object);
    return isSeen ? object.metadata.uid : undefined;
  }

  #compare(before: LiveScope | undefined, after: LiveScope): void {
    const { kinds, objects } = this.#options;
    for (const kind of kinds) {
      for (const object of objects(kind).list()) {
        const known = before && this.#seen(before, kind, object);
        if (known !== this.#seen(after, kind, object)) this.#add(kind, object, known);
      }
    }
  }

  #add(kind: LiveKind, { metadata: { name, namespace } }: KubeObject, known: string | undefined): void {
    const key = `${kind} ${namespace ?? ""}/${name}`;
    if (!this.#due.has(key)) this.#due.set(key, { kind, name, namespace, known });
    this.#wake?.();
  }
}

function goneText(kind: LiveKind, name: string, namespace: string | undefined, uid: string): string {
  return JSON.stringify({ kind, object: { metadata: { name, ...(namespace !== undefined && { namespace }), uid } } });
}
