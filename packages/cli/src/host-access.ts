import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@inkube/api";
import type { ClusterConfig } from "@inkube/kube";
import type { Globals } from "./globals.ts";
import { readHubFacts } from "./hub/embedded-hub.ts";
import { mustBeSignedIn, type SignedIn, signedIn } from "./hub/hub-config.ts";
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
  const name = globals.embedded ?? "inkube";
  const stateDir = globals.stateDir ?? io.env.INKUBE_STATE_DIR ?? "/var/lib/inkube";
  const dir = join(stateDir, name);
  return { name, stateDir, dir, kubeconfigPath: join(dir, "kubeconfig") };
}

/** Which kubeconfig leads to the host; `path` absent means kubectl's own rules. */
export function hostKubeconfig(globals: Globals, io: Pick<Io, "env">): { path?: string; context?: string } {
  const context = globals.context ? { context: globals.context } : {};
  if (globals.kubeconfig) return { path: globals.kubeconfig, ...context };
  const embedded = embeddedHost(globals, io);
  if (globals.embedded) {
    if (existsSync(embedded.kubeconfigPath)) return { path: embedded.kubeconfigPath, ...context };
    throw new AppError("HOST_UNSUITABLE", `There is no embedded host ${embedded.name} in ${embedded.stateDir}`, {
      todo: `Make it with inkube --embedded ${embedded.name} up.`,
    });
  }
  const named = io.env.INKUBE_KUBECONFIG;
  if (named) return { path: named, ...context };
  return existsSync(embedded.kubeconfigPath) ? { path: embedded.kubeconfigPath, ...context } : context;
}

/** The hub that commands go through; undefined when a host is meant directly, or nobody signed in. */
export async function hubInUse(globals: Globals, io: Pick<Io, "env" | "home">): Promise<SignedIn | undefined> {
  if (globals.hub) return mustBeSignedIn(globals, io);
  const direct = globals.kubeconfig ?? globals.context ?? globals.embedded ?? io.env.INKUBE_KUBECONFIG;
  return direct === undefined ? signedIn(globals, io) : undefined;
}

/** Where objects are read and written: the hub's Kubernetes API as the person, or a host's by kubeconfig. */
export async function loadHostConfig(globals: Globals, io: Pick<Io, "env" | "home">): Promise<ClusterConfig> {
  const hub = await hubInUse(globals, io);
  if (hub) return { server: `${hub.url}/kubernetes`, token: hub.token, ...(hub.ca && { ca: hub.ca }) };
  const { loadKubeconfig } = await import("@inkube/kube");
  return loadKubeconfig({ ...hostKubeconfig(globals, io), env: { ...io.env } });
}

/** The API server of the host itself. Throws AppError USAGE when there is only a hub, which shows no more than our own objects. */
export async function loadOwnHostConfig(globals: Globals, io: Pick<Io, "env" | "home">): Promise<ClusterConfig> {
  const hub = await hubInUse(globals, io);
  if (!hub) return loadHostConfig(globals, io);
  const embedded = embeddedHost(globals, io);
  if ((await readHubFacts(embedded.dir))?.url === hub.url) {
    const { loadKubeconfig } = await import("@inkube/kube");
    return loadKubeconfig({ path: embedded.kubeconfigPath });
  }
  throw new AppError("USAGE", `This looks at objects on the host, which the hub ${hub.url} does not show`, {
    todo: "Name the host: --kubeconfig FILE, --context NAME or --embedded NAME.",
  });
}
