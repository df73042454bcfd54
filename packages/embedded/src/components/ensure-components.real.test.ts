import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { run } from "../command.ts";
import { ensureComponents } from "./ensure-components.ts";

interface Manifest {
  metadata: { name: string };
}

class Cache implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "inkube-components-"));
  readonly said: string[] = [];

  ensure() {
    return ensureComponents({ names: ["pause"], cacheDir: this.dir, progress: (line) => this.said.push(line) });
  }

  builds(): number {
    return this.said.filter((line) => line.startsWith("Built ")).length;
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

describe("the components", () => {
  it("are built once when two ask for them at the same time, and not again afterwards", async () => {
    using cache = new Cache();
    const [one, other] = await Promise.all([cache.ensure(), cache.ensure()]);
    expect(one.path("pause")).toBe(other.path("pause"));
    expect(one.dir).toBe(other.dir);
    await cache.ensure();
    expect(cache.builds()).toBe(1);
    expect(readdirSync(one.dir)).toEqual(["pause"]);
  });

  it("are built again when what is in the cache was cut short", async () => {
    using cache = new Cache();
    truncateSync((await cache.ensure()).path("pause"), 100);
    await cache.ensure();
    expect(cache.builds()).toBe(2);
  });

  it("leave nothing half made when their building is killed", async () => {
    using cache = new Cache();
    const program = `
      import { ensureComponents } from ${JSON.stringify(join(import.meta.dirname, "ensure-components.ts"))};
      await ensureComponents({ names: ["pause"], cacheDir: ${JSON.stringify(cache.dir)}, progress: (line) => process.stdout.write(line) });`;
    const builder = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
    await once(builder.stdout, "data");
    builder.kill("SIGKILL");
    await once(builder, "exit");
    const components = await cache.ensure();
    expect(readdirSync(join(components.path("pause"), "..")).sort()).toEqual(["pause", "pause.json"]);
  });

  it("are refused with a name that no component has", async () => {
    using cache = new Cache();
    const asking = ensureComponents({ names: ["nothing"], cacheDir: cache.dir, progress: () => undefined });
    await expect(asking).rejects.toMatchObject({ kind: "componentUnavailable" });
  });
});

describe("the manifests of a Go module", () => {
  it("are joined into one file, which is made once", async () => {
    using cache = new Cache();
    const names = ["gateway-api-manifests"];
    const ensure = () => ensureComponents({ names, cacheDir: cache.dir, progress: (line) => cache.said.push(line) });
    const { path } = await ensure().then((components) => components.get("gateway-api-manifests"));
    const kinds = parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS() as Manifest);
    expect(kinds.map((object) => object.metadata.name)).toContain("tlsroutes.gateway.networking.k8s.io");
    await ensure();
    expect(cache.said).toHaveLength(1);
  });
});

describe("the pause program", () => {
  it("ends without an error when it is asked to", async () => {
    using cache = new Cache();
    const path = (await cache.ensure()).path("pause");
    const result = await run(["timeout", "--preserve-status", "--signal=TERM", "0.2", path], { allowFailure: true });
    expect(result.code).toBe(0);
  });
});
