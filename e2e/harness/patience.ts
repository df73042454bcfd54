/**
 * Milliseconds that a test waits for what must come, unless it says otherwise. Long, because it only bounds a test that has failed:
 * the tests also run on machines whose processors others take for minutes.
 */
export const patienceMs = 300_000;
