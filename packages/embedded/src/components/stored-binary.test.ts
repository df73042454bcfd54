import { appendFileSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findStored, store } from "./stored-binary.ts";

class Cache implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "inkube-cache-"));
  readonly path = join(this.dir, "tool");

  async fill(): Promise<void> {
    writeFileSync(join(this.dir, "fresh"), "program");
    await store(this.dir, "tool", join(this.dir, "fresh"), "built");
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}

describe("a stored binary", () => {
  it("is found again with its checksum and may be executed", async () => {
    using cache = new Cache();
    await cache.fill();
    expect(await findStored(cache.dir, "tool", true)).toMatchObject({ path: cache.path, source: "built" });
    expect(statSync(cache.path).mode & 0o111).toBe(0o111);
  });

  it("counts as absent when its size changed", async () => {
    using cache = new Cache();
    await cache.fill();
    appendFileSync(cache.path, "more");
    expect(await findStored(cache.dir, "tool", false)).toBeUndefined();
  });

  it("counts as absent when only its content changed and checksums are compared", async () => {
    using cache = new Cache();
    await cache.fill();
    const { atime, mtime } = statSync(cache.path);
    writeFileSync(cache.path, "PROGRAM");
    utimesSync(cache.path, atime, mtime);
    expect(await findStored(cache.dir, "tool", true)).toBeUndefined();
  });

  it("counts as absent when its record was never written", async () => {
    using cache = new Cache();
    writeFileSync(cache.path, "half a progr");
    expect(await findStored(cache.dir, "tool", false)).toBeUndefined();
  });
});
