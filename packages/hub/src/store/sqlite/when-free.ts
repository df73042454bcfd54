import type { Clock } from "@inkube/kube";
import { isBusy } from "../store-error.ts";

const attempts = 100;
const pauseMs = 50;

/**
 * Repeats a statement while another connection holds the file's write lock, for at least five seconds. SQLite's own
 * waiting would stop the whole process, and for good when the holder is a transaction of this process.
 */
export async function whenFree<T>(clock: Clock, statement: () => Promise<T> | T): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await statement();
    } catch (error) {
      if (attempt >= attempts || !isBusy(error)) throw error;
    }
    await clock.sleep(pauseMs);
  }
}
