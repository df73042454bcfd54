import { describe, expect, it } from "vitest";
import { createCursors } from "./cursor.ts";

describe("a cursor", () => {
  it("brings back its position, in texts that a URL takes as they are", () => {
    const cursors = createCursors<(string | number)[]>("audit", "key");
    for (const position of [["a"], [1, "ä/🦑", ""], []]) {
      const cursor = cursors.write(position);
      expect(encodeURIComponent(cursor)).toBe(cursor);
      expect(cursors.read(cursor)).toEqual(position);
    }
  });

  it("is refused by another list and by another database", () => {
    const cursor = createCursors<[string]>("audit", "key").write(["a"]);
    expect(() => createCursors("usage", "key").read(cursor)).toThrow("not one that this list gave");
    expect(() => createCursors("audit", "other key").read(cursor)).toThrow("not one that this list gave");
  });
});
