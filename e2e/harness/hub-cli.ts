import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostName } from "./inkube.ts";
import { binDir, Kubectl } from "./kubectl.ts";
import { must, type RunOptions, type RunResult, run } from "./run.ts";

const program = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** A person at the hub: the CLI with a sign-in of its own. */
export interface HubUser extends AsyncDisposable {
  /** Folder of this person's files. */
  readonly folder: string;
  /** Environment in which plain kubectl finds `inkube` and the sign-in. */
  readonly env: Record<string, string>;
  /** The hub's authority, a PEM file. */
  readonly caFile: string;
  readonly url: string;
  /** Runs the CLI where it must succeed; gives standard output. */
  inkube(args: readonly string[], options?: RunOptions): Promise<string>;
  tryInkube(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** kubectl of a nested cluster, by the kubeconfig that the CLI gives. */
  kubectl(cluster: string, flags?: readonly string[]): Promise<Kubectl>;
}

/** Signs in to the hub of the tests' host: as its first administrator, or with a token. */
export async function signIn(token?: string): Promise<HubUser> {
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-hub-"));
  const wrapper = join(folder, "inkube");
  await writeFile(wrapper, `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  await chmod(wrapper, 0o755);
  const env = {
    INKUBE_CONFIG: join(folder, "hubs.json"),
    PATH: `${folder}:${binDir()}:${process.env.PATH ?? ""}`,
  };
  const cli = (args: readonly string[], options: RunOptions = {}): Promise<string> =>
    must(process.execPath, [program, ...args], { ...options, env: { ...env, ...options.env } });
  const embedded = ["--embedded", hostName];
  await cli([...embedded, "login"], token === undefined ? {} : { env: { INKUBE_TOKEN: token } });
  const { hubs } = JSON.parse(await readFile(env.INKUBE_CONFIG, "utf8")) as { hubs: { url: string; ca: string }[] };
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, hubs[0]?.ca ?? "");
  return {
    folder,
    env,
    caFile,
    url: hubs[0]?.url ?? "",
    inkube: cli,
    tryInkube: (args, options = {}) =>
      run(process.execPath, [program, ...args], { ...options, env: { ...env, ...options.env } }),
    async kubectl(cluster, flags = []) {
      const path = join(folder, `${cluster}.kubeconfig`);
      await writeFile(path, await cli(["kubeconfig", cluster, ...flags]), { mode: 0o600 });
      return new Kubectl(path, env);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
