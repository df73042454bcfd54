import { randomBytes } from "node:crypto";

/** What a frame is, as RFC 6455 numbers it. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** More than any stream of Kubernetes sends at once; a server that announces more is not believed. */
const messageLimit = 16 * 1024 * 1024;

/** One unfragmented frame of a client: masked, as servers insist. */
export function encodeFrame(opcode: number, data: Buffer): Buffer {
  const extended = data.length < 126 ? 0 : data.length < 65_536 ? 2 : 8;
  const head = Buffer.allocUnsafe(2 + extended + 4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (extended === 0 ? data.length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(data.length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(data.length), 2);
  const mask = randomBytes(4);
  mask.copy(head, 2 + extended);
  const masked = Buffer.allocUnsafe(data.length);
  for (let index = 0; index < data.length; index++) {
    masked[index] = (data[index] as number) ^ (mask[index & 3] as number);
  }
  return Buffer.concat([head, masked]);
}

export interface Frame {
  opcode: number;
  data: Buffer;
}

/** Puts a server's bytes together to messages and control frames, however they are cut. Throws on a breach of the protocol. */
export class FrameDecoder {
  #buffered: Buffer = Buffer.alloc(0);
  /** The frames so far of a fragmented message. */
  #parts: { opcode: number; data: Buffer[]; size: number } | undefined;

  push(chunk: Buffer): Frame[] {
    this.#buffered = this.#buffered.length === 0 ? chunk : Buffer.concat([this.#buffered, chunk]);
    const frames: Frame[] = [];
    for (let raw = this.#take(); raw; raw = this.#take()) {
      const frame = this.#assemble(raw);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  #take(): (Frame & { last: boolean }) | undefined {
    const bytes = this.#buffered;
    if (bytes.length < 2) return undefined;
    const [first = 0, second = 0] = bytes;
    if ((first & 0x70) !== 0) throw new Error("a WebSocket frame uses an extension that was not agreed on");
    if ((second & 0x80) !== 0) throw new Error("a WebSocket frame of the server is masked");
    const short = second & 0x7f;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (size > messageLimit) throw new Error("a WebSocket frame is too large");
    if (bytes.length < start + size) return undefined;
    this.#buffered = bytes.subarray(start + size);
    return { opcode: first & 0x0f, last: (first & 0x80) !== 0, data: bytes.subarray(start, start + size) };
  }

  #assemble({ opcode, last, data }: Frame & { last: boolean }): Frame | undefined {
    if (opcode >= opcodes.close) return { opcode, data };
    if ((opcode === opcodes.continuation) !== (this.#parts !== undefined)) {
      throw new Error("a fragmented WebSocket message is out of order");
    }
    this.#parts ??= { opcode, data: [], size: 0 };
    this.#parts.data.push(data);
    this.#parts.size += data.length;
    if (this.#parts.size > messageLimit) throw new Error("a WebSocket message is too large");
    if (!last) return undefined;
    const message = { opcode: this.#parts.opcode, data: Buffer.concat(this.#parts.data) };
    this.#parts = undefined;
    return message;
  }
}
