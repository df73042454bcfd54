import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostLayout } from "../host/host-layout.ts";
import { ensureHostPki } from "./host-pki.ts";

const now = Date.parse("2030-01-01T00:00:00Z");
const dayMs = 86_400_000;

class Place implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "inkube-pki-"));
  readonly layout = hostLayout("lab", this.dir);

  contents(): Record<string, string> {
    const files = readdirSync(this.layout.pkiDir).sort();
    return Object.fromEntries(files.map((file) => [file, readFileSync(join(this.layout.pkiDir, file), "utf8")]));
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((file) => before[file] !== after[file]);
}

describe("the host's certificates", () => {
  it("are kept as long as they are right", async () => {
    using place = new Place();
    await ensureHostPki(place.layout, "172.31.0.2", now);
    const before = place.contents();
    await ensureHostPki(place.layout, "172.31.0.2", now + dayMs);
    expect(changed(before, place.contents())).toEqual([]);
  });

  it("are made anew only where the address is in them when it changes", async () => {
    using place = new Place();
    await ensureHostPki(place.layout, "172.31.0.2", now);
    const before = place.contents();
    await ensureHostPki(place.layout, "172.31.0.6", now);
    expect(changed(before, place.contents())).toEqual(["apiserver.crt", "apiserver.key", "kubelet.crt", "kubelet.key"]);
  });

  it("renew well before their end, while authorities and the token key stay", async () => {
    using place = new Place();
    await ensureHostPki(place.layout, "172.31.0.2", now);
    const before = place.contents();
    await ensureHostPki(place.layout, "172.31.0.2", now + 306 * dayMs);
    const renewed = changed(before, place.contents());
    expect(renewed).toContain("admin.crt");
    expect(renewed.filter((file) => /^(ca|front-proxy-ca|sa)\./.test(file))).toEqual([]);
  });

  it("can be read by their owner only", async () => {
    using place = new Place();
    await ensureHostPki(place.layout, "172.31.0.2", now);
    for (const file of readdirSync(place.layout.pkiDir)) {
      expect(statSync(join(place.layout.pkiDir, file)).mode & 0o077, file).toBe(0);
    }
    expect(statSync(place.layout.pkiDir).mode & 0o077).toBe(0);
  });
});
