import { describe, expect, it } from "vitest";
import { covers } from "./drift.ts";
import { comparable, isSlim, slimHost, slimNested } from "./slim-object.ts";
import { anObject } from "./testing/fixtures.ts";

const large = { data: { key: "x".repeat(10_000) } };
const ours = { labels: { "inkube.dev/managed-by": "syncer" } };

describe("what is kept of an object in memory", () => {
  it("leaves out large contents, and says so", () => {
    const kept = slimNested(anObject("big", {}, large));
    expect(JSON.stringify(kept).length).toBeLessThan(500);
    expect(isSlim(kept)).toBe(true);
    expect(isSlim(slimNested(anObject("small", {}, { data: { key: "x" } })))).toBe(false);
  });

  it("leaves out the last-applied annotation", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", kept: "yes" };
    expect(slimNested(anObject("web", { annotations })).metadata.annotations).toEqual({ kept: "yes" });
  });

  it("still tells whether left-out contents are as wanted", () => {
    const live = slimHost(anObject("big", ours, large));
    const same = comparable(anObject("big", ours, large), live);
    const other = comparable(anObject("big", ours, { data: { key: "edited" } }), live);
    expect(covers(...same)).toBe(true);
    expect(covers(...other)).toBe(false);
  });

  it("keeps nothing but the name of what is not the syncer's", () => {
    const secret = slimHost(
      anObject("pki", { labels: { "inkube.dev/managed-by": "agent" } }, { data: { "ca.key": "secret" } }),
    );
    expect(JSON.stringify(secret)).not.toContain("secret");
    expect(secret.metadata).toMatchObject({ name: "pki", uid: "uid-pki" });
  });
});
