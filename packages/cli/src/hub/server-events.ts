import { linesOf } from "../output/lines.ts";

/** One of a stream of Server-Sent Events. */
export interface ServerEvent {
  name: string;
  data: string;
}

/** The events of a stream; comments and what has no end are left out. */
export async function* serverEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let name = "message";
  let data: string[] = [];
  for await (const ended of linesOf(body)) {
    const line = ended.replace(/\r$/, "");
    const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") name = value;
    else if (field === "data") data.push(value);
    else if (line === "") {
      if (data.length > 0) yield { name, data: data.join("\n") };
      [name, data] = ["message", []];
    }
  }
}
