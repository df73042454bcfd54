import { FakeClock } from "@inkube/kube/testing";
import { describe, expect, it } from "vitest";
import { isNewer, Ledger } from "./ledger.ts";
import { anObject } from "./testing/fixtures.ts";

const at = (version: string, rest: object = {}) => anObject("web", { resourceVersion: version }, rest);

describe("the ledger of own writes", () => {
  it("answers what was written until the cache has caught up", () => {
    const ledger = new Ledger(new FakeClock());
    ledger.wrote(at("9"));
    expect(ledger.newest(at("7"), "web", "default")?.metadata.resourceVersion).toBe("9");
    expect(ledger.newest(undefined, "web", "default")?.metadata.resourceVersion).toBe("9");
    expect(ledger.newest(at("10"), "web", "default")?.metadata.resourceVersion).toBe("10");
    expect(ledger.size).toBe(0);
  });

  it("compares versions as numbers", () => {
    expect(isNewer(at("10000"), at("9999"))).toBe(true);
    expect(isNewer(at("9999"), at("10000"))).toBe(false);
    expect(isNewer(at("7"), at("7"))).toBe(false);
  });

  it("keeps the newer of two answers that arrive in the wrong order", () => {
    const ledger = new Ledger(new FakeClock());
    ledger.wrote(at("9"));
    ledger.wrote(at("8"));
    expect(ledger.newest(undefined, "web", "default")?.metadata.resourceVersion).toBe("9");
  });

  it("forgets a write when the cache shows it, or shows the object's end", () => {
    const ledger = new Ledger(new FakeClock());
    ledger.wrote(at("9"));
    ledger.observe({ type: "modified", object: at("9"), previous: at("7") });
    expect(ledger.size).toBe(0);
    ledger.wrote(at("11"));
    ledger.observe({ type: "deleted", previous: at("9") });
    expect(ledger.newest(undefined, "web", "default")).toBeUndefined();
  });

  it("keeps what it knows of a later incarnation when an earlier one ends", () => {
    const ledger = new Ledger(new FakeClock());
    ledger.wrote(anObject("web", { uid: "second", resourceVersion: "20" }));
    ledger.observe({ type: "deleted", previous: anObject("web", { uid: "first", resourceVersion: "15" }) });
    expect(ledger.newest(undefined, "web", "default")?.metadata.uid).toBe("second");
  });

  it("believes the cache again after a while, since a write may have been undone unseen", async () => {
    const clock = new FakeClock();
    const ledger = new Ledger(clock);
    ledger.wrote(at("9"));
    ledger.deleting(at("9"));
    await clock.advance(15_000);
    expect(ledger.newest(undefined, "web", "default")).toBeUndefined();
    expect(ledger.isDeleting(at("9"))).toBe(false);
  });

  it("waits for the end of an object that was deleted without grace, not for the mark of it", () => {
    const ledger = new Ledger(new FakeClock());
    const marked = anObject("web", { resourceVersion: "10", deletionTimestamp: "2026-01-01T00:00:00Z" });
    ledger.deleting(at("9"), true);
    ledger.observe({ type: "modified", object: marked, previous: at("9") });
    expect(ledger.isDeleting(marked)).toBe(true);
    ledger.observe({ type: "deleted", previous: marked });
    expect(ledger.isDeleting(marked)).toBe(false);
  });

  it("remembers a deletion for its incarnation only, until its effect shows", () => {
    const ledger = new Ledger(new FakeClock());
    ledger.deleting(at("9"));
    expect(ledger.isDeleting(at("9"))).toBe(true);
    expect(ledger.isDeleting(anObject("web", { uid: "another" }))).toBe(false);
    const object = anObject("web", { resourceVersion: "10", deletionTimestamp: "2026-01-01T00:00:00Z" });
    ledger.observe({ type: "modified", object, previous: at("9") });
    expect(ledger.isDeleting(at("9"))).toBe(false);
  });

  it("shows a bound pod on its node before the cache does", () => {
    const ledger = new Ledger(new FakeClock());
    const pod = at("9", { spec: { image: "x" } });
    ledger.bound(pod, "node-1");
    expect(ledger.newest(pod, "web", "default")?.spec).toEqual({ image: "x", nodeName: "node-1" });
    const object = at("10", { spec: { nodeName: "node-1" } });
    ledger.observe({ type: "modified", object, previous: pod });
    expect(ledger.newest(object, "web", "default")).toBe(object);
  });
});
