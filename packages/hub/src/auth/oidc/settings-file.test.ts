import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectingLogger, FakeClock } from "@inkube/kube/testing";
import { expect, it } from "vitest";
import { followOidcFile } from "./settings-file.ts";

const settings = { issuer: "https://id.example.com", clientId: "hub", clientSecret: "hush-hush" };

it("follows a file that comes, is spoilt, is mended and goes, and logs each change once without its content", async () => {
  const folder = await mkdtemp(join(tmpdir(), "inkube-oidc-"));
  const path = join(folder, "oidc.json");
  const [clock, logger, stop] = [new FakeClock(), collectingLogger(), new AbortController()];
  const source = followOidcFile({ path, clock, logger, signal: stop.signal });
  const after = async (change: Promise<void>): Promise<string> => {
    await change;
    await clock.advance(30_000);
    return source.current().kind;
  };
  expect(source.current()).toEqual({ kind: "off" });
  expect(await after(writeFile(path, JSON.stringify(settings)))).toBe("on");
  const first = source.current();
  expect(await after(writeFile(path, JSON.stringify(settings, null, 2)))).toBe("on");
  expect(source.current()).toBe(first);
  expect(await after(writeFile(path, JSON.stringify({ ...settings, issuer: 1, x: "hush-hush" })))).toBe("broken");
  expect(await after(writeFile(path, JSON.stringify({ ...settings, caFile: "ca.crt" })))).toBe("broken");
  expect(await after(writeFile(path, JSON.stringify({ ...settings, clientId: "other" })))).toBe("on");
  expect(await after(rm(path))).toBe("off");
  const levels = logger.entries.map(({ level }) => level);
  expect(levels).toEqual(["info", "error", "error", "info", "info"]);
  expect(logger.entries[1]?.fields.error).toContain("issuer: ");
  expect(logger.entries[2]?.fields.error).toBe("caFile cannot be read: ENOENT");
  expect(JSON.stringify(logger.entries)).not.toContain("hush");
  stop.abort();
  await rm(folder, { recursive: true });
});
