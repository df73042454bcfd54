import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clusterGroups, hostClusters, names, nestedClusters } from "@inkube/api";
import { createClient, resources } from "@inkube/kube";
import { type FakeApiServer, startFakeApiServer } from "@inkube/kube/testing";

/** What the Secret of an import says. */
export interface Connection {
  url: string;
  token: string;
  /** PEM. */
  ca?: string;
}

export interface ProgramSettings {
  /** The whole environment of the program. */
  env?: Record<string, string>;
  /** Default full. */
  access?: "full" | "read-only";
  /** Further arguments. */
  args?: readonly string[];
}

/** The agent's own program on a host in memory. */
export interface AgentProgram extends AsyncDisposable {
  /** What it has written until now. */
  readonly log: string;
  readonly host: FakeApiServer;
  /** As applying the manifest of another import does: another Secret, another program. */
  replace(connection: Connection, settings: ProgramSettings): Promise<void>;
}

const program = fileURLToPath(new URL("../../../../agent/src/main.ts", import.meta.url));

export async function startAgentProgram(first: Connection, settings: ProgramSettings = {}): Promise<AgentProgram> {
  const folder = await mkdtemp(join(tmpdir(), "inkube-agent-"));
  const host = await startFakeApiServer();
  for (const type of [nestedClusters, hostClusters, clusterGroups]) host.register(type);
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, kubeconfigOf(host));
  let log = "";
  let stop = async (): Promise<void> => {};
  const replace = async (connection: Connection, given: ProgramSettings): Promise<void> => {
    const { env = {}, access = "full", args: more = [] } = given;
    await connect(host, connection);
    await stop();
    const args = [
      program,
      `--kubeconfig=${kubeconfig}`,
      "--leader-election=false",
      "--port=0",
      `--access=${access}`,
      ...more,
    ];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        log += chunk.toString();
      });
    }
    const exited = once(child, "exit");
    stop = async () => {
      child.kill("SIGKILL");
      await exited;
    };
  };
  await replace(first, settings);
  return {
    get log() {
      return log;
    },
    host,
    replace,
    async [Symbol.asyncDispose]() {
      await stop();
      await host[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

function kubeconfigOf({ config }: FakeApiServer): string {
  const name = "host";
  const clusters = [{ name, cluster: { server: config.server } }];
  const contexts = [{ name, context: { cluster: name, user: name } }];
  return JSON.stringify({ clusters, contexts, users: [{ name, user: {} }], "current-context": name });
}

async function connect(host: FakeApiServer, { url, token, ca }: Connection): Promise<void> {
  const client = createClient(host.config);
  const texts = { url, token, mode: "mirror", ...(ca && { "ca.crt": ca }) };
  const data = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
  const metadata = { namespace: names.systemNamespace, name: names.hubConnectionSecret };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, data };
  await client.apply(resources.secrets, secret, { fieldManager: "kubectl", force: true });
  await client.close();
}
