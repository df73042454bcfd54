import { apiVersion, hostClusters, type NestedCluster, nestedClusters, setCondition } from "@inkube/api";
import { nestedClusterSpec } from "@inkube/api/schemas";
import { type Client, createClient, type KubeObject, resources } from "@inkube/kube";
import { type FakeApiServer, type FakeApiServerOptions, FakeClock, startFakeApiServer } from "@inkube/kube/testing";
import { run } from "../run.ts";
import { type CapturedIo, type CapturedIoOptions, capturedIo } from "./captured-io.ts";

export const testNow = Date.UTC(2026, 0, 1, 12);

export interface FakeHost extends AsyncDisposable {
  server: FakeApiServer;
  client: Client;
  clock: FakeClock;
  /** Runs a command line; `code` resolves at its end. */
  start(
    argv: string,
    options?: CapturedIoOptions & { signal?: AbortSignal },
  ): { io: CapturedIo; code: Promise<number> };
  /** Runs one to its end. */
  inkube(
    argv: string,
    options?: CapturedIoOptions,
  ): Promise<{ code: number; out: string; err: string; io: CapturedIo }>;
  addCluster(name: string, status?: NestedCluster["status"], spec?: object): Promise<KubeObject>;
  setStatus(name: string, status: NestedCluster["status"]): Promise<void>;
}

/** A host API server in memory that knows Inkube's kinds, and the CLI that talks to it. */
export async function startFakeHost(options: FakeApiServerOptions = {}): Promise<FakeHost> {
  const server = await startFakeApiServer(options);
  server.register(nestedClusters);
  server.register(hostClusters);
  const client = createClient(server.config);
  const clock = new FakeClock(testNow);
  const start: FakeHost["start"] = (argv, { signal, ...ioOptions } = {}) => {
    const io = capturedIo(ioOptions);
    const code = run(argv.split(" ").filter(Boolean), {
      io,
      clock,
      signal: signal ?? new AbortController().signal,
      openHost: async () => createClient(server.config),
    });
    return { io, code };
  };
  return {
    server,
    client,
    clock,
    start,
    async inkube(argv, ioOptions) {
      const { io, code } = start(argv, ioOptions);
      return { code: await code, out: io.out, err: io.err, io };
    },
    addCluster: (name, status, spec = {}) => addCluster(client, name, status, spec),
    setStatus: (name, status) => setStatus(client, name, status),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function addCluster(client: Client, name: string, status: NestedCluster["status"], spec: object) {
  const metadata = { name, namespace: "default" };
  const object = { apiVersion, kind: "NestedCluster", metadata, spec: nestedClusterSpec.parse(spec) };
  const created = await client.create(nestedClusters, object);
  if (status) await setStatus(client, name, status);
  return created;
}

async function setStatus(client: Client, name: string, status: NestedCluster["status"]): Promise<void> {
  await client.patch(
    nestedClusters,
    { namespace: "default", name },
    { status },
    { type: "merge", subresource: "status" },
  );
}

/** The status of a cluster that is ready, in host namespace `inkube-default-<name>-00000`. */
export function readyStatus(name: string): NonNullable<NestedCluster["status"]> {
  return {
    phase: "Ready",
    namespace: `inkube-default-${name}-00000`,
    distro: "k8s",
    version: "v1.34.4",
    endpoint: { url: "https://192.0.2.1:30443" },
    observedGeneration: 1,
    conditions: setCondition(
      [],
      { type: "Ready", status: "True", reason: "Ready", message: "", observedGeneration: 1 },
      testNow,
    ),
  };
}

/** A kubeconfig as the agent writes it, with nothing secret in it. */
export const sampleKubeconfig = `apiVersion: v1
kind: Config
clusters:
- name: demo
  cluster: {server: "https://192.0.2.1:30443", insecure-skip-tls-verify: true}
users:
- name: demo
  user: {token: sample}
contexts:
- name: demo
  context: {cluster: demo, user: demo}
current-context: demo
`;

/** Puts that kubeconfig where the agent keeps it, leading to another server if one is named. */
export async function addKubeconfigSecret(client: Client, name: string, server?: string): Promise<void> {
  const kubeconfig = server ? sampleKubeconfig.replace("https://192.0.2.1:30443", server) : sampleKubeconfig;
  await client.create(resources.secrets, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "kubeconfig", namespace: `inkube-default-${name}-00000` },
    data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") },
  });
}
