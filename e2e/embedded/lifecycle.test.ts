import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

/** The README's commands in the block that begins with this one. */
async function readmeCommands(beginning: string): Promise<string[]> {
  const lines = (await readFile(join(root, "README.md"), "utf8")).split("\n");
  const first = lines.findIndex((line) => line.startsWith(`    ${beginning}`));
  const last = lines.findIndex((line, index) => index > first && !line.startsWith("    "));
  return lines.slice(first, last).map((line) => line.trim());
}

/** Runs a block as a person types it, in the folder of the project. Gives what each command printed. */
async function runReadme(state: string, beginning: string): Promise<string[]> {
  const env = {
    INKUBE_STATE_DIR: state,
    INKUBE_CONFIG: join(state, "hubs.json"),
    PATH: `${process.env.PATH}:${binDir()}`,
  };
  const printed: string[] = [];
  for (const command of await readmeCommands(beginning)) {
    printed.push(await must("bash", ["-euc", `cd ${root} && ${command}`], { env, timeoutMs: 15 * 60_000 }));
  }
  await rm(join(root, "team-b.kubeconfig"), { force: true });
  return printed;
}

/** The next hub of this machine has the address of the one before, and another authority. */
async function expectSignInAnew(inkube: (...args: string[]) => Promise<string>, signIns: string): Promise<void> {
  const before = await readFile(signIns);
  await inkube("down");
  expect(JSON.parse(await readFile(signIns, "utf8"))).toEqual({ hubs: [] });
  // As when somebody removed the host in another way.
  await writeFile(signIns, before);
  await inkube("up");
  expect(await inkube("login")).toContain("Signed in to https://");
  const env = { INKUBE_CONFIG: signIns };
  expect(await must(process.execPath, [program, "host", "list"], { env })).toContain("local");
}

describe("inkube up and down", () => {
  it("bring up a host beside another, change nothing the second time, do what the README says, and leave nothing behind", async () => {
    const state = await mkdtemp(join(tmpdir(), "inkube-lifecycle-"));
    const signIns = join(state, "hubs.json");
    const inkube = (...args: string[]) =>
      must(process.execPath, [program, "--embedded", name, "--state-dir", state, ...args], {
        env: { INKUBE_CONFIG: signIns },
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
      await eventually(async () => expect(await inkube("describe", "demo")).toContain("✓ kube-apiserver  running"));
      const printed = await runReadme(state, "npx inkube login");
      expect(printed).toHaveLength(6);
      expect(printed[1]).toContain("local");
      expect(printed[3]).toContain("Ready");
      expect(printed[5]).toContain("kube-system");
      const [, listed, described, , explained, deleted] = await runReadme(state, "npx inkube create team-a");
      expect(listed).toContain("team-a");
      // The kubelet may look at it later than the agent, which calls the nested cluster ready.
      expect(described).toMatch(/[✓·] kube-apiserver {2}running/);
      expect(explained).toContain("✓");
      expect(deleted).toContain("team-a is deleted");
      await expectSignInAnew(inkube, signIns);
    } finally {
      await inkube("down");
      await rm(state, { recursive: true, force: true });
    }
    expect(await footprint()).toEqual(before);
  });
});
