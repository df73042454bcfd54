import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@inkube/api";
import type { ClusterConfig } from "@inkube/kube";
import type { Globals } from "./globals.ts";
import type { Io } from "./io.ts";

/** Where embedded hosts are kept, and which one is meant. */
export interface EmbeddedHost {
  name: string;
  stateDir: string;
  /** The administrator's kubeconfig, there once the host was up. */
  kubeconfigPath: string;
  /** Holds files for people, such as `demo.kubeconfig`. */
  dir: string;
}

/** The embedded host that the options and the environment name; nothing says that it exists. */
export function embeddedHost(globals: Globals, io: Pick<Io, "env">): EmbeddedHost {
  const name = globals.host ?? "inkube";
  const stateDir = globals.stateDir ?? io.env.INKUBE_STATE_DIR ?? "/var/lib/inkube";
  const dir = join(stateDir, name);
  return { name, stateDir, dir, kubeconfigPath: join(dir, "kubeconfig") };
}

/** Which kubeconfig leads to the host; `path` absent means kubectl's own rules. */
export function hostKubeconfig(globals: Globals, io: Pick<Io, "env">): { path?: string; context?: string } {
  const context = globals.context ? { context: globals.context } : {};
  if (globals.kubeconfig) return { path: globals.kubeconfig, ...context };
  const embedded = embeddedHost(globals, io);
  if (globals.host) {
    if (existsSync(embedded.kubeconfigPath)) return { path: embedded.kubeconfigPath, ...context };
    throw new AppError("HOST_UNSUITABLE", `There is no embedded host ${embedded.name} in ${embedded.stateDir}`, {
      todo: `Make it with inkube --host ${embedded.name} up.`,
    });
  }
  const named = io.env.INKUBE_KUBECONFIG;
  if (named) return { path: named, ...context };
  return existsSync(embedded.kubeconfigPath) ? { path: embedded.kubeconfigPath, ...context } : context;
}

/** Reads it. Loads the client package, so only commands that talk to a host call it. */
export async function loadHostConfig(globals: Globals, io: Pick<Io, "env">): Promise<ClusterConfig> {
  const { loadKubeconfig } = await import("@inkube/kube");
  return loadKubeconfig({ ...hostKubeconfig(globals, io), env: { ...io.env } });
}
