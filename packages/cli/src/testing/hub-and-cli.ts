import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@inkube/kube";
import { serveAdmission } from "../../../hub/src/admission/testing/serve-admission.ts";
import { startTestHub, type TestHub } from "../../../hub/src/testing/test-hub.ts";
import { rememberSignIn } from "../hub/hub-config.ts";
import { run } from "../run.ts";
import { type CapturedIo, type CapturedIoOptions, capturedIo } from "./captured-io.ts";

export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** A hub on a real API server, served by HTTPS, and command lines of people who signed in to it. */
export interface HubAndCli extends AsyncDisposable {
  test: TestHub;
  url: string;
  /** Authority of its certificate, PEM. */
  ca: string;
  /** Starts a command line of whoever has this key; words that have spaces are given in an array. */
  start(
    key: string,
    words: string | readonly string[],
    options?: CapturedIoOptions & { signal?: AbortSignal },
  ): Promise<{ io: CapturedIo; code: Promise<number> }>;
  /** Runs one to its end. */
  inkube(key: string, words: string | readonly string[], options?: CapturedIoOptions): Promise<Ended>;
}

/** Starts it. Needs the real kube-apiserver; dispose of it with `await using`. */
export async function startHubAndCli(): Promise<HubAndCli> {
  const test = await startTestHub();
  const { url, ca, close } = await serveAdmission(() => test.hub.server);
  const folder = await mkdtemp(join(tmpdir(), "inkube-cli-"));
  const env = { INKUBE_CONFIG: join(folder, "hubs.json") };
  await rememberSignIn({ url, ca, token: "", user: "" }, { env, home: folder });
  const start: HubAndCli["start"] = async (key, words, { signal, ...options } = {}) => {
    const io = capturedIo({ ...options, env: { ...env, INKUBE_TOKEN: key } });
    const argv = typeof words === "string" ? words.split(" ").filter(Boolean) : words;
    const code = run(argv, { io, clock: systemClock, signal: signal ?? new AbortController().signal });
    return { io, code };
  };
  return {
    test,
    url,
    ca,
    start,
    async inkube(key, words, options) {
      const { io, code } = await start(key, words, options);
      return { code: await code, out: io.out, err: io.err };
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
      await close();
      await test[Symbol.asyncDispose]();
    },
  };
}
