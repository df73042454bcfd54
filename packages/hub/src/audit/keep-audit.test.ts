import { collectingLogger, FakeClock } from "@inkube/kube/testing";
import { expect, it } from "vitest";
import { openStore } from "../store/index.ts";
import { anEntry } from "../store/testing/entries.ts";
import { auditKeptMs, keepAudit } from "./keep-audit.ts";

it("AUD-01 keeps entries for a year, looking every day", async () => {
  const now = Date.parse("2026-11-23T00:00:00Z");
  const clock = new FakeClock(now);
  const logger = collectingLogger();
  await using store = await openStore({ url: "sqlite::memory:", clock, logger });
  const at = (actor: string, time: number) => anEntry({ actor, time });
  await store.audit.append([
    at("old", now - auditKeptMs - 1),
    at("tomorrow", now - auditKeptMs + 1_000),
    at("young", now),
  ]);
  const actors = async () => (await store.audit.list({ limit: 9 })).items.map(({ actor }) => actor).sort();
  const stop = new AbortController();
  const kept = keepAudit({ audit: store.audit, clock, logger, signal: stop.signal });
  await expect.poll(actors).toEqual(["tomorrow", "young"]);
  await clock.advance(24 * 60 * 60_000);
  await expect.poll(actors).toEqual(["young"]);
  stop.abort();
  await kept;
});
