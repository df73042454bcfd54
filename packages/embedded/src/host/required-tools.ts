import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { HostError } from "../host-error.ts";

/** Where distributions put the CNI plugins. */
export const cniPluginDirs = ["/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"] as const;

const tools: readonly { program: string; package: string }[] = [
  { program: "containerd", package: "containerd" },
  { program: "containerd-shim-runc-v2", package: "containerd" },
  { program: "ctr", package: "containerd" },
  { program: "runc", package: "runc" },
  { program: "iptables", package: "iptables" },
  { program: "conntrack", package: "conntrack" },
  { program: "ip", package: "iproute2" },
  { program: "nsenter", package: "util-linux" },
  { program: "unshare", package: "util-linux" },
  { program: "mount", package: "mount" },
];

const cniPlugins = ["ptp", "host-local", "loopback", "portmap"];

export interface ToolSearch {
  /** Colon-separated, as in PATH. */
  path: string;
  isExecutable: (file: string) => boolean;
}

/** Programs that are not there, each with the Debian package that brings it. Empty when all is well. */
export function missingTools(search: ToolSearch): { program: string; package: string }[] {
  const dirs = [...search.path.split(delimiter).filter(Boolean), "/usr/sbin", "/sbin"];
  const missing = tools.filter((tool) => !dirs.some((dir) => search.isExecutable(join(dir, tool.program))));
  const plugins = cniPlugins.filter((plugin) => !cniPluginDirs.some((dir) => search.isExecutable(join(dir, plugin))));
  return [
    ...missing,
    ...plugins.map((plugin) => ({ program: `CNI plugin ${plugin}`, package: "containernetworking-plugins" })),
  ];
}

/** Says in one message what is missing and the one command that installs it (HostError `missingTools`). */
export function requireTools(search: ToolSearch): void {
  const missing = missingTools(search);
  if (missing.length === 0) return;
  const lines = missing.map((tool) => `  ${tool.program} (Debian package ${tool.package})`);
  const packages = [...new Set(missing.map((tool) => tool.package))].sort().join(" ");
  throw new HostError(
    "missingTools",
    `The embedded host needs programs that are not on this machine:\n${lines.join("\n")}`,
    { todo: `Install them: apt-get update && apt-get install -y --no-install-recommends ${packages}` },
  );
}

/** True when the file is there and may be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The root check of `up` and `down` (HostError `notRoot`). */
export function requireRoot(uid: number): void {
  if (uid === 0) return;
  throw new HostError("notRoot", "The embedded host makes network namespaces, mounts and cgroups, which takes root", {
    todo: "Run the same command as root, for example with sudo.",
  });
}
