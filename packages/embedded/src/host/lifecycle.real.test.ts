import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, createClient, loadKubeconfig, resources } from "@inkube/kube";
import { describe, expect, it } from "vitest";
import { readPidRecord } from "../supervisor/pid-record.ts";
import { hierarchies } from "./cgroups.ts";
import { down } from "./down.ts";
import type { EmbeddedHost } from "./embedded-host.ts";
import { hostLayout } from "./host-layout.ts";
import { status } from "./status.ts";
import { up } from "./up.ts";

/** A state dir whose hosts are gone when the test is. */
class Machine implements AsyncDisposable {
  readonly stateDir = mkdtempSync(join(tmpdir(), "inkube-real-"));
  readonly #clients: Client[] = [];

  up(name: string): Promise<EmbeddedHost> {
    return up({ name, stateDir: this.stateDir });
  }

  down(name: string): Promise<void> {
    return down({ name, stateDir: this.stateDir });
  }

  async client(host: EmbeddedHost): Promise<Client> {
    const client = createClient(await loadKubeconfig({ path: host.kubeconfigPath }));
    this.#clients.push(client);
    return client;
  }

  kill(host: string, ...processes: string[]): void {
    for (const name of processes) {
      const record = readPidRecord(hostLayout(host, this.stateDir).runDir, name);
      if (record === undefined) throw new Error(`${name} is not running`);
      process.kill(record.identity.pid, "SIGKILL");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    for (const name of ["one", "two"]) await this.down(name);
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}

/** What this machine has that a host could leave behind. Other hosts may be busy beside this test: theirs is left out. */
function traces(stateDir: string): Record<string, string[]> {
  const cgroups = ["one", "two"].map((name) => hostLayout(name, stateDir).cgroup.slice(1));
  const networks = ["one", "two"].map((name) => hostLayout(name, stateDir).networkName);
  const list = (dir: string) => {
    try {
      return readdirSync(dir);
    } catch {
      return [];
    }
  };
  const command = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return "";
    }
  };
  const links = JSON.parse(execFileSync("ip", ["-json", "link"], { encoding: "utf8" })) as { ifalias?: string }[];
  return {
    processes: list("/proc").filter((pid) => /^\d+$/.test(pid) && command(pid).includes(`${stateDir}/`)),
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(stateDir)),
    links: links.flatMap((link) => (link.ifalias?.includes(stateDir) ? [link.ifalias] : [])),
    cgroups: hierarchies().flatMap((dir) => list(dir).filter((name) => cgroups.includes(name))),
    networkResults: list("/var/lib/cni/results").filter((file) => networks.some((name) => file.startsWith(name))),
    files: list(stateDir),
  };
}

function machineRules(): string {
  return execFileSync("iptables-save", { encoding: "utf8" }).replace(/^#.*$|\[\d+:\d+\]/gm, "");
}

/** How many ways the machine knows to the load balancers of a host. */
function routes(host: EmbeddedHost): number {
  return execFileSync("ip", ["route", "show", host.loadBalancerCIDR], { encoding: "utf8" }).split("\n").length - 1;
}

async function podUids(client: Client): Promise<string[]> {
  const { items } = await client.list(resources.pods);
  return items.map((pod) => `${pod.metadata.name} ${pod.metadata.uid}`).sort();
}

async function pids(stateDir: string, name: string): Promise<string[]> {
  return (await status({ name, stateDir })).processes.map((one) => `${one.name} ${one.pid}`);
}

describe.runIf(process.getuid?.() === 0)("an embedded host", () => {
  it("comes up, is left alone by a second up, and leaves nothing behind", async () => {
    await using machine = new Machine();
    const rules = machineRules();
    const host = await machine.up("one");
    expect(await status({ name: "one", stateDir: machine.stateDir })).toMatchObject({ state: "running" });
    const client = await machine.client(host);
    const classes = await client.list(resources.storageclasses);
    expect(classes.items.map((one) => one.metadata.name)).toEqual(["local-path"]);
    const before = [await pids(machine.stateDir, "one"), await podUids(client)];
    await machine.up("one");
    expect([await pids(machine.stateDir, "one"), await podUids(client)]).toEqual(before);
    for (const kind of ["processes", "mounts", "links", "cgroups", "networkResults"]) {
      expect(traces(machine.stateDir)[kind], kind).not.toEqual([]);
    }
    await machine.down("one");
    const none = { processes: [], mounts: [], links: [], cgroups: [], networkResults: [], files: [] };
    expect(traces(machine.stateDir)).toEqual(none);
    expect(machineRules()).toBe(rules);
    expect(await status({ name: "one", stateDir: machine.stateDir })).toMatchObject({ state: "absent" });
  });

  it("is mended by up after its parts were killed, and keeps its pods", async () => {
    await using machine = new Machine();
    const host = await machine.up("one");
    const client = await machine.client(host);
    const pods = await podUids(client);
    machine.kill("one", "supervisor", "kine", "kube-apiserver", "containerd", "kubelet", "kube-proxy");
    await machine.up("one");
    expect(await status({ name: "one", stateDir: machine.stateDir })).toMatchObject({ state: "running" });
    expect(await podUids(client)).toEqual(pods);
    machine.kill("one", "supervisor");
    await machine.down("one");
    expect(traces(machine.stateDir).processes).toEqual([]);
  });

  it("stands beside another of its own addresses, which stays when it goes", async () => {
    await using machine = new Machine();
    const [one, two] = await Promise.all([machine.up("one"), machine.up("two")]);
    expect(one.nodeIP).not.toBe(two.nodeIP);
    expect(one.loadBalancerCIDR).not.toBe(two.loadBalancerCIDR);
    expect([one, two].map(routes)).toEqual([1, 1]);
    const [first, second] = [await machine.client(one), await machine.client(two)];
    const object = { metadata: { name: "only-here", namespace: "default" } };
    await first.create(resources.configmaps, object);
    expect(await second.get(resources.configmaps, object.metadata)).toBeUndefined();
    await machine.down("one");
    expect([one, two].map(routes)).toEqual([0, 1]);
    expect(await status({ name: "two", stateDir: machine.stateDir })).toMatchObject({ state: "running" });
    expect((await second.list(resources.nodes)).items.map((node) => node.metadata.name)).toEqual([two.nodeName]);
  });
});
