import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../command.ts";
import { goArch } from "./component-list.ts";
import { fileDigest } from "./content-key.ts";
import { fetchWheel } from "./wheel-download.ts";

/** A directory from which pip takes packages, with the wheel of one program in it. */
class Registry implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "inkube-wheel-"));
  readonly target = join(this.dir, "tool");
  readonly file = join(this.dir, "tool_bin-1.0.0-py3-none-any.whl");

  constructor() {
    vi.stubEnv("PIP_NO_INDEX", "1");
    vi.stubEnv("PIP_FIND_LINKS", this.dir);
  }

  async publish(): Promise<string> {
    const info = "tool_bin-1.0.0.dist-info";
    const files = {
      "tool_bin-1.0.0.data/scripts/tool": "program",
      [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: tool-bin\nVersion: 1.0.0\n",
      [`${info}/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
      [`${info}/RECORD`]: "",
    };
    const script =
      "import json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1],'w')\n[z.writestr(*f) for f in json.load(sys.stdin).items()]\nz.close()";
    await run(["python3", "-c", script, this.file], { input: JSON.stringify(files) });
    return await fileDigest(this.file);
  }

  fetch(sha256: string): Promise<void> {
    const workDir = join(this.dir, "work");
    mkdirSync(workDir);
    const member = "tool_bin-1.0.0.data/scripts/tool";
    const wheel = { package: "tool-bin", version: "1.0.0", member, sha256: { [goArch()]: sha256 } };
    return fetchWheel({ wheel, name: "tool", target: this.target, workDir, progress: () => undefined });
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}

afterEach(() => vi.unstubAllEnvs());

describe("a program in a Python package", () => {
  it("is taken when the package has the pinned digest", async () => {
    using registry = new Registry();
    await registry.fetch(await registry.publish());
    expect(readFileSync(registry.target, "utf8")).toBe("program");
  });

  it("is refused when the package has another digest", async () => {
    using registry = new Registry();
    await registry.publish();
    const fetching = registry.fetch("0".repeat(64));
    await expect(fetching).rejects.toMatchObject({
      kind: "componentUnavailable",
      message: expect.stringContaining("is pinned"),
    });
  });

  it("is said to be missing, and what it takes, when there is no such package", async () => {
    using registry = new Registry();
    await expect(registry.fetch("0")).rejects.toMatchObject({
      kind: "componentUnavailable",
      todo: expect.stringContaining("pip"),
    });
  });
});
