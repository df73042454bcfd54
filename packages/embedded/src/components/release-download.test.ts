import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar/fs";
import { describe, expect, it } from "vitest";
import { type ComponentModule, goArch } from "./component-list.ts";
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

const archive = {
  url: "https://releases.example/tool.tar.gz",
  checksum: "https://releases.example/tool.tar.gz.sha256",
};

async function tarball(member: string): Promise<Buffer> {
  return gzipSync(await buffer(packTar([{ type: "content", target: member, content: "program" }])));
}

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

describe("an official release", () => {
  it("is taken when its published checksum agrees", async () => {
    using releases = new Releases((url) => new Response(url.endsWith(".sha256") ? textDigest("program") : "program"));
    expect(await releases.downloads.fetch(module, "tool", releases.target)).toBe(true);
    expect(readFileSync(releases.target, "utf8")).toBe("program");
  });

  it("is taken out of an archive whose checksum agrees", async () => {
    const archived: ComponentModule = { ...module, release: { ...archive, member: "linux-{arch}/tool" } };
    const content = await tarball(`linux-${goArch()}/tool`);
    using releases = new Releases((url) => new Response(url.endsWith(".sha256") ? digestOf(content) : content));
    expect(await releases.downloads.fetch(archived, "tool", releases.target)).toBe(true);
    expect(readFileSync(releases.target, "utf8")).toBe("program");
    expect(readdirSync(releases.dir)).toEqual(["tool"]);
  });

  it("is refused when its archive does not hold the program", async () => {
    const archived: ComponentModule = { ...module, release: { ...archive, member: "tool" } };
    const content = await tarball("elsewhere/tool");
    using releases = new Releases((url) => new Response(url.endsWith(".sha256") ? digestOf(content) : content));
    expect(await releases.downloads.fetch(archived, "tool", releases.target)).toBe(false);
    expect(readdirSync(releases.dir)).toEqual([]);
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
