import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { names } from "@inkube/api";
import { type Client, type ClusterConfig, resources, serializeKubeconfig } from "@inkube/kube";
import { collectGarbage, memoryOf } from "./inspector.ts";

const program = join(import.meta.dirname, "../../packages/hub/src/main.ts");

/** The hub's certificate and who signed it, PEM. */
export interface HubCertificate {
  certificate: string;
  key: string;
  ca: string;
}

/** The hub program in a process of its own. */
export interface HubProgram extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  certificate(): Promise<HubCertificate>;
  /** Ends it without a word, and starts it again on the same port. Resolves when it has everything in memory. */
  crashAndStart(): Promise<void>;
  /** MiB that are in use after a garbage collection. */
  memory(): Promise<{ resident: number; heap: number }>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts it on a free port of loopback; resolves when it has everything in memory. `dir` takes its log, kubeconfig and history. */
export async function startHub(admin: Client, config: ClusterConfig, dir: string): Promise<HubProgram> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = join(dir, "hub.kubeconfig");
  const { server, ca = "", token = "" } = config;
  await writeFile(kubeconfig, serializeKubeconfig({ server, ca, token, name: "hub" }), { mode: 0o600 });
  const args = [`--kubeconfig=${kubeconfig}`, `--url=${url}`, `--port=${port}`, `--metrics-port=${metricsPort}`];
  const logFile = join(dir, "hub.log");
  const start = async (): Promise<ChildProcess> => {
    const log = openSync(logFile, "a", 0o600);
    const node = ["--inspect=127.0.0.1:0"];
    const child = spawn(process.execPath, [...node, program, ...args, `--data-dir=${dir}`], {
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    await whenReady(child, metricsPort, logFile);
    return child;
  };
  let child = await start();
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    const ended = child.exitCode === null ? once(child, "exit") : undefined;
    child.kill(signal);
    await ended;
  };
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    certificate: () => certificateOf(admin),
    async crashAndStart() {
      await end("SIGKILL");
      child = await start();
    },
    async memory() {
      const heap = await collectGarbage(await inspectorUrl(logFile));
      return { heap, resident: await memoryOf(child.pid ?? 0) };
    },
    [Symbol.asyncDispose]: () => end("SIGTERM"),
  };
}

async function whenReady(child: ChildProcess, metricsPort: number, logFile: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The hub ended: ${(await readFile(logFile, "utf8")).slice(-2000)}`);
    const answer = await fetch(`http://127.0.0.1:${metricsPort}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(20);
  }
}

/** As Node prints it on each start. */
async function inspectorUrl(logFile: string): Promise<string> {
  const printed = (await readFile(logFile, "utf8")).matchAll(/Debugger listening on (ws:\S+)/g);
  const url = [...printed].at(-1)?.[1];
  if (url === undefined) throw new Error("The hub did not say where its inspector is");
  return url;
}

async function certificateOf(admin: Client): Promise<HubCertificate> {
  const read = async (name: string, key: string): Promise<string> => {
    const secret = await admin.get(resources.secrets, { namespace: names.systemNamespace, name });
    const data = (secret?.data ?? {}) as Record<string, string>;
    return Buffer.from(data[key] ?? "", "base64").toString("utf8");
  };
  const [certificate, key, ca] = await Promise.all([
    read(names.hubTlsSecret, "tls.crt"),
    read(names.hubTlsSecret, "tls.key"),
    read(names.hubCaSecret, "tls.crt"),
  ]);
  return { certificate, key, ca };
}
