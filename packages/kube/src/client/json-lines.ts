const newline = 0x0a;

/**
 * Cuts a byte stream into JSON documents, one a line. Lines may be cut anywhere between chunks, inside a character too.
 * A last line without a newline is never given out, as nothing says that it is whole.
 * Between calls it holds only the bytes of the unfinished line, so an idle stream costs nothing.
 */
export class JsonLineDecoder {
  #pending: Buffer[] = [];

  /** The documents completed by this chunk. Throws SyntaxError for a line that is not JSON. */
  push(chunk: Buffer): unknown[] {
    const documents: unknown[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const line = this.#take(chunk.subarray(start, end));
      start = end + 1;
      if (line.length > 0) documents.push(JSON.parse(line.toString("utf8")));
    }
    if (start < chunk.length) this.#pending.push(Buffer.from(chunk.subarray(start)));
    return documents;
  }

  #take(tail: Buffer): Buffer {
    if (this.#pending.length === 0) return tail;
    const line = Buffer.concat([...this.#pending, tail]);
    this.#pending = [];
    return line;
  }
}
