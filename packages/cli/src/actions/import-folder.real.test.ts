import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fieldManagers, hostClusters, names } from "@inkube/api";
import { type Client, type ClusterConfig, createClient, resources } from "@inkube/kube";
import { type FakeApiServer, type RealApiServer, startFakeApiServer, startRealApiServer } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubAndCli, startHubAndCli } from "../testing/hub-and-cli.ts";

interface Result {
  file: string;
  name?: string;
  imported: boolean;
  error?: { code: string; message: string };
}

const agentRef = { namespace: names.systemNamespace, name: names.agent };
let hub: HubAndCli;
let root: string;
let folder: string;
let real: RealApiServer;
let first: FakeApiServer;
let second: FakeApiServer;
const clients: Client[] = [];
beforeAll(async () => {
  hub = await startHubAndCli();
  root = await hub.test.adminKey();
  folder = await mkdtemp(join(tmpdir(), "inkube-import-"));
  real = await startRealApiServer();
  [first, second] = await Promise.all([startFakeApiServer(), startFakeApiServer()]);
  for (const fake of [first, second])
    await clientOf(fake.config).create(resources.namespaces, { metadata: { name: "kube-system" } });
});
afterAll(async () => {
  for (const client of clients) await client.close();
  for (const server of [first, second, real]) await server?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
  await hub?.[Symbol.asyncDispose]();
});

function clientOf(config: ClusterConfig): Client {
  const client = createClient(config);
  clients.push(client);
  return client;
}

/** Writes kubeconfigs by their files' names into a new folder. */
async function kubeconfigs(files: Record<string, ClusterConfig | string>): Promise<string> {
  const path = await mkdtemp(join(folder, "files-"));
  for (const [file, config] of Object.entries(files)) {
    await writeFile(join(path, file), typeof config === "string" ? config : kubeconfig(config));
  }
  return path;
}

function kubeconfig({ server, ca, token }: ClusterConfig): string {
  const user = typeof token === "string" ? { token } : {};
  return JSON.stringify({
    clusters: [{ name: "c", cluster: { server, ...(ca && { "certificate-authority-data": base64(ca) }) } }],
    users: [{ name: "u", user }],
    contexts: ["shop", "other"].map((name) => ({ name, context: { cluster: "c", user: "u" } })),
    "current-context": "shop",
  });
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");

async function importAll(path: string, flags = "") {
  const { code, out, err } = await hub.inkube(root, `host import --from ${path} -o json ${flags}`);
  return { code, err, items: (out ? JSON.parse(out).items : []) as Result[] };
}

async function connectionOf(config: ClusterConfig) {
  const secret = await clientOf(config).get(resources.secrets, {
    namespace: names.systemNamespace,
    name: names.hubConnectionSecret,
  });
  return (secret?.data ?? {}) as Record<string, string>;
}

describe("inkube host import --from", () => {
  it("IMP-10 imports each cluster of a folder under the name of its file, and installs the agent there", async () => {
    const path = await kubeconfigs({
      "Edge_1.yaml": real.config,
      "edge-2.kubeconfig": first.config,
      config: second.config,
    });
    await mkdir(join(path, "more"));
    await writeFile(join(path, ".hidden"), "no kubeconfig");
    const { code, items, err } = await importAll(path, "--access read-only");
    expect(code, err).toBe(0);
    expect(items).toEqual([
      { file: "Edge_1.yaml", name: "edge-1", imported: true },
      { file: "config", name: "shop", imported: true },
      { file: "edge-2.kubeconfig", name: "edge-2", imported: true },
    ]);
    expect(err).toContain("Edge_1.yaml: working: edge-1: installing the agent");
    for (const name of ["edge-1", "edge-2", "shop"]) {
      expect((await hub.test.admin.get(hostClusters, { name }))?.spec).toMatchObject({ access: "read-only" });
    }
    for (const config of [real.config, first.config, second.config]) {
      const { token } = await connectionOf(config);
      const answer = await hub.test.call(undefined, "GET", `/import/${Buffer.from(token ?? "", "base64")}`);
      expect(answer.statusCode).toBe(200);
    }
    const deployment = await clientOf(real.config).get(resources.deployments, agentRef);
    expect(JSON.stringify(deployment?.spec)).toContain("--access=read-only");
    const managers = deployment?.metadata.managedFields as { manager: string }[] | undefined;
    expect(managers?.map(({ manager }) => manager)).toEqual(["kubectl"]);
  });

  it("adds one host by its kubeconfig, and leaves one of that name alone that has joined", async () => {
    const path = join(await kubeconfigs({ "any-name": first.config }), "any-name");
    const add = () => hub.inkube(root, ["host", "add", "single", path, "--access", "read-only", "-o", "json"]);
    const { code, out } = await add();
    expect([code, JSON.parse(out)]).toEqual([0, { name: "single", joined: false }]);
    expect(await clientOf(first.config).get(resources.deployments, agentRef)).toBeDefined();
    const status = { phase: "Running", heartbeat: new Date().toISOString() };
    await hub.test.admin.patch(hostClusters, { name: "single" }, { status }, { type: "merge", subresource: "status" });
    const again = await add();
    expect(again.code).toBe(4);
    expect(again.err).toContain("already");
  });

  it("IMP-10 appends eight digits to each name with --unique", async () => {
    const { code, items } = await importAll(await kubeconfigs({ "edge-2.kubeconfig": first.config }), "--unique");
    expect(code).toBe(0);
    expect(items[0]?.name).toMatch(/^edge-2-[0-9a-f]{8}$/);
  });

  it("IMP-10 goes on after one that fails, says why, and ends with the code of the first", async () => {
    const path = await kubeconfigs({
      "a-broken.yaml": "clusters: [",
      "b-away.yaml": { server: "https://127.0.0.1:1" },
      "c-new.yaml": first.config,
      "d-same.yaml": first.config,
      "new_e.yaml": second.config,
      "new-e.kubeconfig": second.config,
    });
    const { code, items } = await importAll(path);
    const told = items.map(({ file, imported, error }) => [file, imported, error?.code]);
    expect(told).toEqual([
      ["a-broken.yaml", false, "USAGE"],
      ["b-away.yaml", false, "KUBE_UNREACHABLE"],
      ["c-new.yaml", true, undefined],
      ["d-same.yaml", false, "USAGE"],
      ["new-e.kubeconfig", true, undefined],
      ["new_e.yaml", false, "USAGE"],
    ]);
    expect(code).toBe(2);
    expect(items[0]?.error?.message).toContain("is not YAML (line 1)");
    expect(items[3]?.error?.message).toBe("d-same.yaml: the same cluster is that of c-new.yaml");
    expect(items[5]?.error?.message).toBe("new_e.yaml: new-e is also the name of new-e.kubeconfig");
    expect(await hub.test.admin.get(hostClusters, { name: "b-away" })).toBeUndefined();
  });

  it("IMP-10 takes no host's name away from one that has joined, and tries again one that has not", async () => {
    const path = await kubeconfigs({ "c-new.yaml": first.config });
    expect((await importAll(path)).code).toBe(0);
    const status = { phase: "Running", heartbeat: "2999-01-01T00:00:00Z" };
    await hub.test.admin.patch(hostClusters, { name: "c-new" }, { status }, { type: "merge", subresource: "status" });
    const { code, items } = await importAll(path);
    expect([code, items[0]?.error?.code]).toEqual([4, "KUBE_ALREADY_EXISTS"]);
  });

  it("IMP-10 uses the named context of every file", async () => {
    const path = await kubeconfigs({ config: first.config });
    expect((await importAll(path, "--context other")).items).toEqual([
      { file: "config", name: "other", imported: true },
    ]);
    const { code, items } = await importAll(path, "--context none");
    expect([code, items[0]?.error?.message]).toEqual([2, expect.stringContaining('has no context "none"')]);
  });

  it("IMP-10 leaves the cluster alone that a hub runs on", async () => {
    const own = clientOf(second.config);
    const metadata = { namespace: names.systemNamespace, name: names.hubConnectionSecret };
    const options = { fieldManager: fieldManagers.hub, force: true };
    const data = { mode: base64("local") };
    await own.apply(resources.secrets, { apiVersion: "v1", kind: "Secret", metadata, data }, options);
    const { items } = await importAll(await kubeconfigs({ "own.yaml": second.config }));
    expect(items[0]?.error?.code).toBe("HOST_UNSUITABLE");
    expect((await connectionOf(second.config)).mode).toBe(data.mode);
  });

  it("IMP-10 needs files, and takes a name or a folder", async () => {
    expect((await importAll(await kubeconfigs({}))).code).toBe(2);
    expect((await importAll(join(folder, "none"))).code).toBe(2);
    for (const words of ["host import", `host import a --from ${folder}`, "host import a --unique"]) {
      expect((await hub.inkube(root, words)).code, words).toBe(2);
    }
  });
});

describe("inkube host import", () => {
  it("IMP-06 leaves the access of a host that is there as it is, unless it is said", async () => {
    const accessOf = async () => (await hub.test.admin.get(hostClusters, { name: "audited" }))?.spec;
    expect((await hub.inkube(root, "host import audited --access read-only")).code).toBe(0);
    expect((await hub.inkube(root, "host import audited")).code).toBe(0);
    expect(await accessOf()).toMatchObject({ access: "read-only" });
    expect((await hub.inkube(root, "host import audited --access full --endpoint Hub")).code).toBe(0);
    expect(await accessOf()).toMatchObject({ access: "full", nesting: true });
    expect((await hub.inkube(root, "host import audited --access read-only")).code).toBe(0);
    expect(await accessOf()).toMatchObject({ access: "read-only", nesting: false });
  });

  it("IMP-07 says of nesting on a read-only host what the API says", async () => {
    const { code, err } = await hub.inkube(root, "host import other-1 --access read-only --endpoint Hub");
    expect(code).toBe(5);
    expect(err).toContain("nesting needs access full: this host was imported read-only");
  });

  it("IMP-05 tells of usage that it is unavailable, never that it is nothing", async () => {
    const status = { metrics: "unavailable", access: "read-only" };
    await hub.test.admin.patch(hostClusters, { name: "audited" }, { status }, { type: "merge", subresource: "status" });
    const { out } = await hub.inkube(root, "host describe audited");
    expect(out).toMatch(
      /^Usage +unavailable: the host serves no Metrics API that answers; .* helm upgrade --install metrics-server /m,
    );
  });

  it("IMP-05 says of the metrics server what is wanted, at the import and later", async () => {
    const wanted = async () => {
      const host = await hub.test.admin.get(hostClusters, { name: "metered" });
      return (host?.spec as { metricsServer?: object } | undefined)?.metricsServer;
    };
    expect((await hub.inkube(root, "host import metered --kubelet-insecure-tls on")).code).toBe(0);
    expect(await wanted()).toEqual({ install: "IfMissing", kubeletInsecureTLS: true });
    expect((await hub.inkube(root, "host update metered --metrics-server off")).code).toBe(0);
    expect(await wanted()).toEqual({ install: "Never", kubeletInsecureTLS: true });
    expect((await hub.inkube(root, "host update metered --metrics-server maybe")).code).toBe(2);
  });

  it("IMP-09 gives no kubeconfig of a host, and says why", async () => {
    const { code, err } = await hub.inkube(root, "kubeconfig audited");
    expect(code).toBe(3);
    expect(err).toContain("audited is a host, and the hub has no kubeconfig of hosts: it never dials in");
    expect((await hub.inkube(root, "kubeconfig nothing")).err).toContain("There is no nested cluster nothing");
  });
});
