import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kubectl } from "../kubectl.ts";
import { must } from "../run.ts";
import { component } from "./endpoint-host.ts";

/** Runs the real Helm against a cluster, with settings of its own; it must succeed. Gives standard output. */
export async function helm({ kubeconfig }: Kubectl, args: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-helm-"));
  const own = ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"].map((key) => [key, folder]);
  try {
    return await must(await component("helm"), ["--kubeconfig", kubeconfig, ...args], { env: Object.fromEntries(own) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
