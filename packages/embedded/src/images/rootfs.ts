import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { exclusively } from "../exclusive.ts";
import { isExecutable } from "../host/required-tools.ts";
import { HostError, type Progress } from "../host-error.ts";
import type { RootfsDefinition } from "./image-list.ts";

const suite = "bookworm";

/** Names what a definition makes; 16 hex digits. */
export function rootfsKey(definition: RootfsDefinition): string {
  return createHash("sha256")
    .update(JSON.stringify([suite, definition, hooks(definition)]))
    .digest("hex")
    .slice(0, 16);
}

/** Arguments for mmdebstrap that make links and drop what no image needs, where the packages came from included. */
function hooks(definition: RootfsDefinition): string[] {
  const links = (definition.applets ?? []).map((applet) => `ln -sf busybox "$1/bin/${applet}"`);
  const always = [
    'rm -f "$1/etc/apt/sources.list" "$1/etc/resolv.conf" "$1/etc/hostname"',
    ...(definition.commands ?? []),
  ];
  // Packages that are only unpacked are never configured, so there is no later moment.
  if (definition.variant === "extract") {
    return [...links, ...always, 'rm -rf "$1/usr/share" "$1/var/lib/dpkg"'].map((hook) => `--extract-hook=${hook}`);
  }
  const trim = [
    'rm -rf "$1/var/lib/apt/lists" "$1/var/cache/apt" "$1/var/log"',
    'rm -rf "$1/usr/share/doc" "$1/usr/share/man" "$1/usr/share/locale"',
    'mkdir -p "$1/var/log" "$1/var/lib/apt/lists/partial" "$1/var/cache/apt/archives/partial"',
  ];
  return [...links, ...trim, ...always].map((hook) => `--customize-hook=${hook}`);
}

export interface EnsureRootfsOptions {
  name: string;
  definition: RootfsDefinition;
  cacheDir: string;
  progress: Progress;
  signal?: AbortSignal;
}

/** Makes sure of a root file system as a tar archive in the cache and gives its path back. */
export async function ensureRootfs(options: EnsureRootfsOptions): Promise<string> {
  const { name, definition, progress } = options;
  const dir = join(options.cacheDir, "rootfs");
  const path = join(dir, `${name}-${rootfsKey(definition)}.tar`);
  if (existsSync(path)) return path;
  if (!isExecutable("/usr/bin/mmdebstrap")) {
    throw new HostError("missingTools", "Images are made with mmdebstrap (Debian package mmdebstrap)", {
      todo: "Install it: apt-get update && apt-get install -y --no-install-recommends mmdebstrap",
    });
  }
  await exclusively(`rootfs ${path}`, async () => {
    if (existsSync(path)) return;
    mkdirSync(dir, { recursive: true });
    const started = Date.now();
    progress(`Making the root file system ${name} from Debian packages`);
    const temporary = join(dir, `new-${name}.tar`);
    rmSync(temporary, { force: true });
    const packages = `--include=${definition.packages.join(",")}`;
    const args = [
      `--variant=${definition.variant}`,
      packages,
      "--skip=output/dev",
      "--dpkgopt=force-unsafe-io",
      ...hooks(definition),
      suite,
      temporary,
    ];
    const { signal } = options;
    await run(["mmdebstrap", "--quiet", ...args], signal === undefined ? {} : { signal });
    renameSync(temporary, path);
    progress(`Made the root file system ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
  });
  return path;
}
