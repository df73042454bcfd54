import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Every file that the program loads for a command line. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const spy = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) { process.stderr.write("loaded " + url + "\\n"); return next(url, context); } });`;
  const importSpy = `data:text/javascript,${encodeURIComponent(spy)}`;
  const program = new URL("./main.ts", import.meta.url).pathname;
  const { stderr } = await promisify(execFile)(process.execPath, ["--import", importSpy, program, ...args]);
  return stderr.split("\n").flatMap((line) => (line.startsWith("loaded ") ? [line.slice("loaded ".length)] : []));
}

describe("the program's start", () => {
  it.each([["--help"], ["create", "--help"], ["completion", "bash"]])(
    "loads neither client nor schemas nor any action for %s %s",
    async (...args) => {
      const loaded = await loadedBy(...args);
      expect(loaded.some((url) => url.endsWith("/cli/src/run.ts"))).toBe(true);
      expect(
        loaded.filter((url) =>
          /\/(undici|zod|yaml|ws|pino)\/|\/packages\/(kube|syncer|agent|embedded)\/|\/actions\//.test(url),
        ),
      ).toEqual([]);
    },
  );
});
