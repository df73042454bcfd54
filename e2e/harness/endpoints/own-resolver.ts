import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WildcardDns } from "./wildcard-dns.ts";

export interface OwnResolver extends AsyncDisposable {
  /** Words before a command that make it look names up at that server, and nowhere else. */
  readonly before: readonly string[];
}

/** Lets commands on this machine ask a DNS server of the test; the machine's own settings stay as they are. */
export async function ownResolver({ ip }: Pick<WildcardDns, "ip">): Promise<OwnResolver> {
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-resolver-"));
  const file = join(folder, "resolv.conf");
  await writeFile(file, `nameserver ${ip}\n`);
  const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"';
  return {
    before: ["unshare", "--mount", "sh", "-c", script, file],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
