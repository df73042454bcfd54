import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "@inkube/api";

type Position = readonly (string | number)[];

/**
 * Turns a position in a list into an opaque text and back. It says where to go on, not what may be seen: filters and
 * rights are those of the request that brings it. All replicas read each other's cursors, as the key is in the database.
 */
export interface Cursors<P extends Position> {
  write(position: P): string;
  /** Throws USAGE for a text that `write` of this list did not make. */
  read(cursor: string): P;
}

/** Cursors of the list of this name; those of another list are refused. */
export function createCursors<P extends Position>(list: string, key: string): Cursors<P> {
  const seal = (text: string) => createHmac("sha256", key).update(`${list}\n${text}`).digest("base64url");
  return {
    write: (position) => {
      const text = Buffer.from(JSON.stringify(position)).toString("base64url");
      return `${text}.${seal(text)}`;
    },
    read: (cursor) => {
      const [text = "", mac = "", ...rest] = cursor.split(".");
      const [given, right] = [Buffer.from(mac), Buffer.from(seal(text))];
      if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) {
        throw new AppError("USAGE", "The cursor is not one that this list gave.", {
          todo: "Start again without a cursor.",
        });
      }
      return JSON.parse(Buffer.from(text, "base64url").toString()) as P;
    },
  };
}
