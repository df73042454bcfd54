import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { footprintOf } from "../harness/footprint.ts";
import { binDir, Kubectl } from "../harness/kubectl.ts";
import { must } from "../harness/run.ts";

const root = resolve(import.meta.dirname, "../..");
const program = join(root, "packages/cli/src/main.ts");
/** As the README assumes, but beside any host that people have. */
const name = "inkube";

/** The README's commands from the sign-in at the hub to a nested cluster reached through its endpoint. */
async function readmeCommands(): Promise<string[]> {
  const lines = (await readFile(join(root, "README.md"), "utf8")).split("\n");
  const first = lines.indexOf("    npx inkube login");
  const last = lines.findIndex((line, index) => index > first && !line.startsWith("    "));
  return lines.slice(first, last).map((line) => line.trim());
}

/** Runs each as a person types it, in the folder of the project. Gives what each printed. */
async function runReadme(state: string): Promise<string[]> {
  const env = {
    INKUBE_STATE_DIR: state,
    INKUBE_CONFIG: join(state, "hubs.json"),
    PATH: `${process.env.PATH}:${binDir()}`,
  };
  const printed: string[] = [];
  for (const command of await readmeCommands()) {
    printed.push(await must("bash", ["-euc", `cd ${root} && ${command}`], { env, timeoutMs: 15 * 60_000 }));
  }
  await rm(join(root, "team-b.kubeconfig"));
  return printed;
}

describe("inkube up and down", () => {
  it("bring up a host beside another, change nothing the second time, do what the README says, and leave nothing behind", async () => {
    const state = await mkdtemp(join(tmpdir(), "inkube-lifecycle-"));
    const inkube = (...args: string[]) =>
      must(process.execPath, [program, "--embedded", name, "--state-dir", state, ...args], {
        timeoutMs: 15 * 60_000,
      });
    const footprint = await footprintOf({ name, stateDir: state });
    const before = await footprint();
    expect(before.processes).toEqual([]);
    try {
      await inkube("up");
      for (const kind of ["mounts", "links", "cgroups", "processes"] as const) {
        expect((await footprint())[kind].length, kind).toBeGreaterThan(before[kind].length);
      }
      const demo = new Kubectl(join(state, name, "demo.kubeconfig"));
      const nodes = await demo.list("nodes");
      expect(nodes).toHaveLength(1);
      await eventually(() => demo.rolledOut("deployment/coredns", "kube-system"));
      expect(await demo.run(["get", "nodes,pods", "-A"])).toContain("coredns");
      const host = new Kubectl(join(state, name, "kubeconfig"));
      const versions = async () =>
        (await host.list("nestedclusters,statefulsets,deployments,services,secrets", "*"))
          .map(
            (object) =>
              `${object.kind} ${object.metadata.name} ${object.metadata.uid} ${object.metadata.generation ?? ""}`,
          )
          .sort();
      const first = await versions();
      await inkube("up");
      expect(await versions()).toEqual(first);
      const printed = await runReadme(state);
      expect(printed).toHaveLength(6);
      expect(printed[1]).toContain("local");
      expect(printed[3]).toContain("Ready");
      expect(printed[5]).toContain("kube-system");
    } finally {
      await inkube("down");
      await rm(state, { recursive: true, force: true });
    }
    expect(await footprint()).toEqual(before);
  });
});
