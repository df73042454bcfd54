import type { ClientHttp2Stream } from "node:http2";
import { Readable } from "node:stream";
import type { TunnelRequest } from "./tunnel.ts";

/**
 * Sends a body at the speed of its reader and releases it when the stream ends. `onFailure` is told when the source fails.
 * That the agent answers without reading it all is no failure; a pipeline would then throw away the answer.
 */
export function sendBody(
  stream: ClientHttp2Stream,
  body: NonNullable<TunnelRequest["body"]>,
  onFailure: (error: unknown) => void,
): void {
  if (typeof body === "string" || Buffer.isBuffer(body)) {
    stream.end(body);
    return;
  }
  const source = body instanceof Readable ? body : Readable.from(body, { objectMode: false });
  source.on("error", () => {});
  stream.once("close", () => source.destroy());
  pump(source, stream).catch((error: unknown) => {
    if (!stream.closed) onFailure(error);
  });
}

/** Whether there is nothing to send, which is then said together with the headers. */
export function isEmpty(body: TunnelRequest["body"]): boolean {
  return body === undefined || ((typeof body === "string" || Buffer.isBuffer(body)) && body.length === 0);
}

async function pump(source: Readable, stream: ClientHttp2Stream): Promise<void> {
  for await (const chunk of source) {
    if (stream.closed || stream.writableEnded) return;
    if (!stream.write(chunk)) await writableAgain(stream);
  }
  stream.end();
}

function writableAgain(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off("drain", done);
      stream.off("close", done);
      resolve();
    };
    stream.on("drain", done);
    stream.on("close", done);
  });
}
