import { AppError } from "@inkube/api";

/** As much as an API server takes. Who sends it may be anybody's tenant, and the whole host shares this program's memory. */
export const mostBodyBytes = 3 * 1024 * 1024;

/** A body as a whole. Throws AppError TOO_LARGE; nothing more is read then. */
export async function readBody(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > mostBodyBytes) throw new AppError("TOO_LARGE", `A body may have ${mostBodyBytes} bytes at most`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
