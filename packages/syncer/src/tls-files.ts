import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Logger } from "@inkube/kube";
import type { TunnelTls } from "./tunnel/tunnel.ts";

/** Between two looks at mounted files; the kubelet itself takes up to a minute to renew them. Milliseconds. */
const lookEveryMs = 5_000;
const firstLookMs = 200;

/** Reads `tls.crt`, `tls.key` and `ca.crt` of a directory. Throws when one is missing or empty. */
export async function readTls(dir: string): Promise<TunnelTls> {
  const [cert, key, ca] = await Promise.all(
    ["tls.crt", "tls.key", "ca.crt"].map((file) => readFile(join(dir, file), "utf8")),
  );
  if (!cert || !key || !ca) throw new Error(`${dir} does not hold tls.crt, tls.key and ca.crt`);
  return { cert, key, ca };
}

/** The first complete content of the directory; waits for it until `signal` aborts, then rejects with its reason. */
export async function awaitTls(
  dir: string,
  options: { clock: Clock; logger: Logger; signal: AbortSignal },
): Promise<TunnelTls> {
  for (let told = false; ; told = true) {
    options.signal.throwIfAborted();
    try {
      return await readTls(dir);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!told) options.logger.info({ reason }, "Waiting for serving certificate");
    }
    await options.clock.sleep(firstLookMs, options.signal);
  }
}

/** Calls `onChange` with every later content, until `signal` aborts. A content that is refused is tried again when it changes. */
export async function followTls(
  dir: string,
  current: TunnelTls,
  options: { clock: Clock; logger: Logger; signal: AbortSignal; onChange: (tls: TunnelTls) => void },
): Promise<void> {
  let known = JSON.stringify(current);
  while (!options.signal.aborted) {
    await options.clock.sleep(lookEveryMs, options.signal).catch(() => {});
    const next = await readTls(dir).catch(() => undefined);
    if (next === undefined || options.signal.aborted || JSON.stringify(next) === known) continue;
    known = JSON.stringify(next);
    try {
      options.onChange(next);
      options.logger.info({}, "Took up renewed serving certificate");
    } catch (error) {
      options.logger.error({ error: String(error) }, "Could not use renewed serving certificate");
    }
  }
}
