/**
 * Runs `work` whenever it is asked for, never twice at a time: however often that happens meanwhile, it runs once more afterwards.
 * `work` must not throw.
 */
export function latest(work: () => Promise<unknown>): () => void {
  let isWanted = false;
  let isRunning = false;
  const run = async (): Promise<void> => {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      await work();
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
