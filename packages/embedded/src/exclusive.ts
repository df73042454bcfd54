import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HostError } from "./host-error.ts";

export interface ExclusiveOptions {
  /** Called once when somebody else holds it and we wait. */
  onWait?: () => void;
  signal?: AbortSignal;
}

/**
 * Runs `work` while no other process on this machine runs work under the same key.
 * The lock is a socket in the kernel's abstract namespace: it ends with its process, however that ends, so it is never stale.
 */
export async function exclusively<T>(key: string, work: () => Promise<T>, options: ExclusiveOptions = {}): Promise<T> {
  const address = `\0inkube-lock-${createHash("sha256").update(key).digest("hex").slice(0, 40)}`;
  let waited = false;
  for (;;) {
    if (options.signal?.aborted) throw new HostError("aborted", `Waiting for ${key} was interrupted`);
    const release = await take(address);
    if (release !== undefined) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (!waited) options.onWait?.();
    waited = true;
    await sleep(100);
  }
}

function take(address: string): Promise<(() => Promise<void>) | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(() => new Promise((done) => server.close(() => done()))));
  });
}
