import { readFile } from "node:fs/promises";
import { parseKubeconfig } from "@inkube/kube";
import { inject } from "vitest";
import { Kubectl } from "./kubectl.ts";

declare module "vitest" {
  export interface ProvidedContext {
    hostKubeconfig: string;
  }
}

/** The embedded host that the test run brought up: its administrator's kubectl and its API server's address. */
export async function host(): Promise<{ host: Kubectl; server: string }> {
  const path = inject("hostKubeconfig");
  const config = await parseKubeconfig(await readFile(path, "utf8"));
  return { host: new Kubectl(path), server: config.server };
}
