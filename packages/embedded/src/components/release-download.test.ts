import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ComponentModule } from "./component-list.ts";
import { publishedDigest, ReleaseDownloads, textDigest } from "./release-download.ts";

const module: ComponentModule = {
  module: "tool",
  version: "v1.0.0",
  release: { url: "https://releases.example/{arch}/{name}", checksum: "https://releases.example/{arch}/{name}.sha256" },
  binaries: [{ name: "tool" }],
};

class Releases implements Disposable {
  readonly dir = mkdtempSync(join(tmpdir(), "inkube-release-"));
  readonly target = join(this.dir, "tool");
  readonly asked: string[] = [];
  readonly said: string[] = [];
  readonly downloads: ReleaseDownloads;

  constructor(answer: (url: string) => Response) {
    this.downloads = new ReleaseDownloads(
      (line) => this.said.push(line),
      async (input) => {
        this.asked.push(String(input));
        return answer(String(input));
      },
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true });
  }
}

describe("an official release", () => {
  it("is taken when its published checksum agrees", async () => {
    using releases = new Releases((url) => new Response(url.endsWith(".sha256") ? textDigest("program") : "program"));
    expect(await releases.downloads.fetch(module, "tool", releases.target)).toBe(true);
    expect(readFileSync(releases.target, "utf8")).toBe("program");
  });

  it("is refused, and said to be, when the checksum does not agree", async () => {
    using releases = new Releases((url) => new Response(url.endsWith(".sha256") ? textDigest("program") : "another"));
    expect(await releases.downloads.fetch(module, "tool", releases.target)).toBe(false);
    expect(releases.said.join()).toContain("sha256");
  });

  it("is asked for once and no more after the first failure", async () => {
    using releases = new Releases(() => {
      throw new TypeError("fetch failed", { cause: new Error("connection refused") });
    });
    expect(await releases.downloads.fetch(module, "tool", releases.target)).toBe(false);
    expect(await releases.downloads.fetch(module, "other", releases.target)).toBe(false);
    expect(releases.asked).toHaveLength(1);
    expect(releases.said).toEqual([expect.stringContaining("connection refused")]);
  });
});

describe("a published checksum", () => {
  const digest = textDigest("program");

  it("is read bare, or from the line that names the file", () => {
    expect(publishedDigest(`${digest}\n`, "https://x/tool")).toBe(digest);
    const lines = `${textDigest("other")}  other\n${digest} *dist/tool\n`;
    expect(publishedDigest(lines, "https://x/tool")).toBe(digest);
  });

  it("is not made up from an error page or another file's line", () => {
    expect(publishedDigest("<html>not found</html>", "https://x/tool")).toBeUndefined();
    expect(publishedDigest(`${digest}  other`, "https://x/tool")).toBeUndefined();
  });
});
