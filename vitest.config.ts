import { defineConfig } from "vitest/config";

// Limits only bound a test that hangs: they are long, because processors may be taken away for minutes.
const minutes = 60_000;
const expect = { poll: { timeout: 2 * minutes } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "features/*.test.ts"],
          exclude: ["**/*.real.test.ts"],
          expect,
          testTimeout: 5 * minutes,
          hookTimeout: 5 * minutes,
        },
      },
      {
        test: {
          name: "real",
          include: ["packages/*/src/**/*.real.test.ts"],
          expect,
          testTimeout: 20 * minutes,
          hookTimeout: 20 * minutes,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          globalSetup: ["e2e/harness/setup.ts"],
          expect,
          testTimeout: 30 * minutes,
          hookTimeout: 30 * minutes,
          fileParallelism: false,
        },
      },
    ],
  },
});
