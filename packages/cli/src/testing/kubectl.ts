import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ended } from "./hub-and-cli.ts";

/** The real kubectl of somebody with this key, at the hub's Kubernetes API. */
export interface Kubectl extends AsyncDisposable {
  run(key: string, words: readonly string[], stdin?: string): Promise<Ended>;
}

/** Needs the binary in INKUBE_BIN_DIR; dispose of it with `await using`. */
export async function prepareKubectl({ url, ca }: { url: string; ca: string }): Promise<Kubectl> {
  const binaries = process.env.INKUBE_BIN_DIR;
  if (!binaries) throw new Error("INKUBE_BIN_DIR names no folder with kubectl");
  const home = await mkdtemp(join(tmpdir(), "inkube-kubectl-"));
  const authority = join(home, "ca.pem");
  await writeFile(authority, ca);
  const place = ["--server", `${url}/kubernetes`, "--certificate-authority", authority, "--kubeconfig", "/dev/null"];
  return {
    run: (key, words, stdin = "") =>
      new Promise((resolve) => {
        const argv = [...place, "--token", key, ...words];
        const child = execFile(join(binaries, "kubectl"), argv, { env: { HOME: home } }, (error, out, err) =>
          resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, out, err }),
        );
        child.stdin?.end(stdin);
      }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  };
}
