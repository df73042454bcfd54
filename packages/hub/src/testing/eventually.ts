import { systemClock } from "@inkube/kube";

/** Repeats a check until it holds; what it throws after two minutes is the failure. */
export async function eventually<T>(check: () => Promise<T> | T): Promise<T> {
  const end = Date.now() + 120_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await systemClock.sleep(50);
    }
  }
}
