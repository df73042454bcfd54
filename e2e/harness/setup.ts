import { loadTestImages } from "@inkube/embedded";
import type { TestProject } from "vitest/node";
import { hostName, inkube } from "./inkube.ts";

const minutes = 60_000;

/**
 * Brings up the tests' host once for the whole run; INKUBE_E2E_KEEP=1 leaves it for looking at. INKUBE_K3S_IMAGE is the
 * file of an image archive (OCI or docker) that holds k3s under its upstream name.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.stderr.write("Bringing up the host for end-to-end tests\n");
  process.stderr.write(await inkube(["up", "--no-demo"], { timeoutMs: 30 * minutes }));
  const k3s = process.env.INKUBE_K3S_IMAGE;
  await loadTestImages({
    name: hostName,
    archives: k3s ? [k3s] : [],
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const status = JSON.parse(await inkube(["status", "-o", "json"])) as { kubeconfigPath: string };
  project.provide("hostKubeconfig", status.kubeconfigPath);
  return async () => {
    if (process.env.INKUBE_E2E_KEEP !== "1") await inkube(["down"], { timeoutMs: 10 * minutes });
  };
}
