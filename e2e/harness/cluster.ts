import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inkube } from "./inkube.ts";
import { Kubectl } from "./kubectl.ts";
import { patienceFlag } from "./patience.ts";

export interface OpenCluster extends AsyncDisposable {
  readonly name: string;
  /** kubectl with the nested administrator's kubeconfig. */
  readonly kubectl: Kubectl;
}

/** Creates a nested cluster with the CLI, waits until it is Ready, and deletes it when disposed. */
export async function openCluster(name: string, flags: readonly string[] = []): Promise<OpenCluster> {
  const distro = process.env.INKUBE_E2E_DISTRO;
  await inkube(["create", name, patienceFlag, ...(distro ? ["--distro", distro] : []), ...flags]);
  const folder = await mkdtemp(join(tmpdir(), "inkube-e2e-"));
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, await inkube(["kubeconfig", name]), { mode: 0o600 });
  return {
    name,
    kubectl: new Kubectl(kubeconfig),
    async [Symbol.asyncDispose]() {
      await deleteCluster(name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Deletes a nested cluster with the CLI and waits until it is gone. */
export async function deleteCluster(name: string): Promise<void> {
  await inkube(["delete", name, "--yes", patienceFlag]);
}
