import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { footprintOf } from "../harness/footprint.ts";
import { Kubectl } from "../harness/kubectl.ts";
import { must } from "../harness/run.ts";

const program = join(import.meta.dirname, "../../packages/cli/src/main.ts");

describe("inkube up and down", () => {
  it("bring up a host beside another, change nothing the second time, and leave nothing behind", async () => {
    const state = await mkdtemp(join(tmpdir(), "inkube-lifecycle-"));
    const inkube = (...args: string[]) =>
      must(process.execPath, [program, "--embedded", "lifecycle", "--state-dir", state, ...args], {
        timeoutMs: 15 * 60_000,
      });
    const footprint = await footprintOf({ name: "lifecycle", stateDir: state });
    const before = await footprint();
    expect(before.processes).toEqual([]);
    try {
      await inkube("up");
      for (const kind of ["mounts", "links", "cgroups", "processes"] as const) {
        expect((await footprint())[kind].length, kind).toBeGreaterThan(before[kind].length);
      }
      const demo = new Kubectl(join(state, "lifecycle", "demo.kubeconfig"));
      const nodes = await demo.list("nodes");
      expect(nodes).toHaveLength(1);
      await eventually(() => demo.rolledOut("deployment/coredns", "kube-system"));
      expect(await demo.run(["get", "nodes,pods", "-A"])).toContain("coredns");
      const host = new Kubectl(join(state, "lifecycle", "kubeconfig"));
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
    } finally {
      await inkube("down");
      await rm(state, { recursive: true, force: true });
    }
    expect(await footprint()).toEqual(before);
  });
});
