const limitMs = 120_000;
const pauseMs = 5;

/** Waits until the condition holds; throws after two minutes. `between` runs before each further look. */
export async function eventually(
  what: string,
  condition: () => boolean,
  between: () => Promise<void> | void = () => {},
): Promise<void> {
  for (let look = 0; look * pauseMs < limitMs; look += 1) {
    if (condition()) return;
    await between();
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`Waited in vain: ${what}`);
}
