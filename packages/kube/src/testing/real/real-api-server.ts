import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { access, constants, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "../../client/create-client.ts";
import type { ClusterConfig } from "../../config/cluster-config.ts";
import { resources } from "../../resources.ts";
import { systemClock } from "../../system-clock.ts";
import { type RunningProgram, startProgram } from "./child-process.ts";

export interface RealApiServerOptions {
  /** The directory with `kine` and `kube-apiserver`. Default: environment variable INKUBE_BIN_DIR. */
  binDir?: string;
  /** Further arguments of kube-apiserver; they come last, so they win. */
  args?: string[];
  /** How long it may take to become ready. Default 90 000 ms. */
  startTimeoutMs?: number;
}

/** A real kube-apiserver with an empty store, on loopback. */
export interface RealApiServer {
  readonly url: string;
  /** An identity with all rights (group system:masters). */
  readonly config: ClusterConfig;
  /** Holds the store, keys and logs (`kube-apiserver.log`, `kine.log`); removed when disposed. */
  readonly dir: string;
  /** As the server reports it, `v1.34.4`. */
  readonly version: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** True when the binaries for {@link startRealApiServer} are there; tests skip themselves by it. */
export async function realApiServerAvailable(binDir = process.env.INKUBE_BIN_DIR): Promise<boolean> {
  if (!binDir) return false;
  try {
    for (const name of ["kine", "kube-apiserver"]) await access(join(binDir, name), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function writeCredentials(dir: string): Promise<string> {
  const token = randomBytes(32).toString("hex");
  const { privateKey, publicKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const secret = { mode: 0o600 };
  await writeFile(join(dir, "tokens.csv"), `${token},admin,admin,"system:masters"\n`, secret);
  await writeFile(join(dir, "sa.key"), privateKey, secret);
  await writeFile(join(dir, "sa.pub"), publicKey, secret);
  return token;
}

function serverArgs(dir: string, port: number, args: string[]): string[] {
  return [
    `--etcd-servers=unix://${join(dir, "kine.sock")}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${join(dir, "certs")}`,
    `--token-auth-file=${join(dir, "tokens.csv")}`,
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${join(dir, "sa.pub")}`,
    `--service-account-signing-key-file=${join(dir, "sa.key")}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--authorization-mode=RBAC",
    "--allow-privileged=true",
    // Its reconciler refuses loopback addresses, and nobody dials it from pods.
    "--endpoint-reconciler-type=none",
    "--profiling=false",
    ...args,
  ];
}

/** The server's version when it is ready, otherwise why it is not. */
async function probe(config: ClusterConfig): Promise<{ version: string } | { reason: string }> {
  const client = createClient(config);
  try {
    const read = async (path: string) => {
      const answer = await client.raw({ method: "GET", path });
      const chunks = await Array.fromAsync(answer.body);
      return { status: answer.status, text: Buffer.concat(chunks).toString("utf8") };
    };
    // The server makes its first namespaces by itself, some time after it is ready.
    const home = await client.get(resources.namespaces, { name: "default" });
    if (home === undefined) return { reason: "no namespace default" };
    const ready = await read("/readyz");
    if (ready.status !== 200) return { reason: ready.text };
    const { gitVersion } = JSON.parse((await read("/version")).text) as { gitVersion: string };
    return { version: gitVersion };
  } catch (error) {
    return { reason: String(error) };
  } finally {
    await client.close();
  }
}

interface Attempt {
  dir: string;
  port: number;
  token: string;
  kine: RunningProgram;
  server: RunningProgram;
  deadline: number;
}

async function whenReady(attempt: Attempt): Promise<{ config: ClusterConfig; version: string }> {
  const { dir, port, token, kine, server, deadline } = attempt;
  let reason = "no serving certificate";
  for (;;) {
    for (const [name, program] of Object.entries({ kine, "kube-apiserver": server })) {
      if (!program.running) throw new Error(`${name} ended before it was ready:\n${await program.logTail()}`);
    }
    const ca = await readFile(join(dir, "certs", "apiserver.crt"), "utf8").catch(() => undefined);
    if (ca !== undefined) {
      const config = { server: `https://127.0.0.1:${port}`, token, ca };
      const answer = await probe(config);
      if ("version" in answer) return { config, version: answer.version };
      reason = answer.reason;
    }
    if (systemClock.now() > deadline) {
      throw new Error(`kube-apiserver was not ready in time (${reason}):\n${await server.logTail()}`);
    }
    await systemClock.sleep(100);
  }
}

/**
 * Starts kine (SQLite) and kube-apiserver on loopback in a directory of their own and waits until they are ready.
 * Throws when the binaries are missing or end early, with the end of their log. Dispose stops both and removes
 * the directory.
 */
export async function startRealApiServer(options: RealApiServerOptions = {}): Promise<RealApiServer> {
  const binDir = options.binDir ?? process.env.INKUBE_BIN_DIR;
  if (binDir === undefined || !(await realApiServerAvailable(binDir))) {
    const where = binDir === undefined ? "INKUBE_BIN_DIR is not set" : `${binDir} does not hold both`;
    throw new Error(`A real API server needs the binaries kine and kube-apiserver: ${where}`);
  }
  const dir = await mkdtemp(join(tmpdir(), "inkube-api-"));
  const programs: RunningProgram[] = [];
  const dispose = async () => {
    // The server first: it would retry against a store that is gone.
    for (const program of programs.reverse()) await program.stop(5000);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await mkdir(join(dir, "certs"));
    const token = await writeCredentials(dir);
    const endpoint = `sqlite://${join(dir, "state.db")}?_journal=WAL&cache=shared&_busy_timeout=30000&_txlock=immediate`;
    const kineArgs = [`--listen-address=unix://${join(dir, "kine.sock")}`, `--endpoint=${endpoint}`];
    const kine = await startProgram(
      join(binDir, "kine"),
      [...kineArgs, "--metrics-bind-address=0"],
      join(dir, "kine.log"),
    );
    programs.push(kine);
    const port = await freePort();
    const args = serverArgs(dir, port, options.args ?? []);
    const server = await startProgram(join(binDir, "kube-apiserver"), args, join(dir, "kube-apiserver.log"));
    programs.push(server);
    const deadline = systemClock.now() + (options.startTimeoutMs ?? 90_000);
    const { config, version } = await whenReady({ dir, port, token, kine, server, deadline });
    return { url: config.server, config, dir, version, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
