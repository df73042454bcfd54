/**
 * Milliseconds that a test waits for what must come, unless it says otherwise. Long, because it only bounds a test that has failed:
 * the tests also run on machines whose processors others take for minutes.
 */
export const patienceMs = 600_000;

/** The same for commands that take `--timeout`, which give up earlier by default. */
export const patienceFlag = `--timeout=${patienceMs / 1000}s`;
