import { createReadStream, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unpackTar } from "modern-tar/fs";

/** Takes one file out of a tar.gz archive, and fails when it is not in it. The archive is removed. */
export async function unpackMember(archive: string, member: string, target: string): Promise<void> {
  const dir = mkdtempSync(`${archive}-`);
  try {
    const isMember = (header: { name: string; type?: string }) =>
      header.type === "file" && header.name.replace(/^\.\//, "") === member;
    const unpacking = unpackTar(dir, {
      filter: isMember,
      map: (header) => ({ ...header, name: basename(member) }),
    });
    await pipeline(createReadStream(archive), createGunzip(), unpacking);
    renameSync(join(dir, basename(member)), target);
  } finally {
    rmSync(dir, { recursive: true, force: true });
    rmSync(archive, { force: true });
  }
}
