import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { KubeObject } from "@inkube/kube";

export interface ReadEvent {
  /** `added`, `modified`, `deleted` or `synced`. */
  event: string;
  kind?: string;
  object?: KubeObject;
}

/** A reader of live updates that remembers all it was told. */
export interface EventReader extends AsyncDisposable {
  readonly events: readonly ReadEvent[];
  /** What it was told since, in short: `added red/red-one`, `added edge`, `synced`. */
  readonly told: string[];
  readonly ended: boolean;
}

/** Opens a stream of the hub that listens at `url`. Rejects with the status when it is refused. */
export async function readEvents(url: string, token: string, query = ""): Promise<EventReader> {
  const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
  const sent: ClientRequest = request(`${url}/api/v1/watch${query}`, { headers, agent: false });
  sent.end();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  if (answer.statusCode !== 200) throw new Error(`Status ${answer.statusCode}`);
  const events: ReadEvent[] = [];
  let ended = false;
  let text = "";
  answer.setEncoding("utf8");
  answer.on("data", (piece: string) => {
    text += piece;
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    events.push(...blocks.flatMap(parseBlock));
  });
  for (const name of ["close", "error", "end"]) {
    answer.on(name, () => {
      ended = true;
    });
  }
  return {
    events,
    get told() {
      return events.map(inShort);
    },
    get ended() {
      return ended;
    },
    async [Symbol.asyncDispose]() {
      sent.destroy();
    },
  };
}

function parseBlock(block: string): ReadEvent[] {
  if (block.startsWith(":")) return [];
  const [, event = "", data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
  if (event === "") throw new Error(`Not an event: ${block.slice(0, 200)}`);
  return [{ event, ...(JSON.parse(data) as object) }];
}

function inShort({ event, object }: ReadEvent): string {
  if (!object) return event;
  const { namespace, name } = object.metadata;
  return `${event} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
