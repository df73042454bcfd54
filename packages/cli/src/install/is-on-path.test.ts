import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isOnPath } from "./is-on-path.ts";

it("finds what can be run in one of the folders, and nothing else", () => {
  const dir = mkdtempSync(join(tmpdir(), "inkube-path-"));
  try {
    writeFileSync(join(dir, "tool"), "");
    expect(isOnPath("tool", `/nowhere:${dir}`)).toBe(false);
    chmodSync(join(dir, "tool"), 0o755);
    expect(isOnPath("tool", `/nowhere:${dir}`)).toBe(true);
    expect(isOnPath("tool", "")).toBe(false);
    expect(isOnPath("tool")).toBe(false);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
