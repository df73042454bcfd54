import { readdirSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTextIfThere } from "../write-file.ts";
import type { HostLayout } from "./host-layout.ts";

/**
 * Removes what containerd, the CNI library and the kubelet write outside of the state dir because their paths are
 * fixed: sockets of shims, results of network plugins, links to container logs. Directories go when they are empty.
 */
export function removeOutsideFiles(layout: HostLayout): void {
  for (const socket of shimSockets(layout)) rmSync(socket, { force: true });
  const sandboxes = sandboxIds(layout);
  for (const file of list("/var/lib/cni/results")) {
    const ours = file.startsWith(`${layout.networkName}-`) || sandboxes.some((id) => file.includes(id));
    if (ours) rmSync(join("/var/lib/cni/results", file), { force: true });
  }
  for (const file of list("/var/log/containers")) {
    const path = join("/var/log/containers", file);
    if (linkTarget(path)?.startsWith(`${layout.dir}/`)) rmSync(path, { force: true });
  }
  for (const dir of [
    "/run/containerd/s",
    "/run/containerd",
    "/var/lib/cni/results",
    "/var/lib/cni",
    "/var/log/containers",
  ])
    removeIfEmpty(dir);
}

/** Removes what all kubelets of a machine share; only for when the last host is gone. */
export function removeSharedFiles(): void {
  rmSync("/var/lib/kubelet/device-plugins", { recursive: true, force: true });
  removeIfEmpty("/var/lib/kubelet");
}

/** Removes a directory unless something is in it. */
export function removeIfEmpty(dir: string): void {
  try {
    rmdirSync(dir);
  } catch {
    // Not empty, or not there: either way it stays as it is.
  }
}

function tasksDir(layout: HostLayout): string {
  return join(layout.containerdState, "io.containerd.runtime.v2.task", "k8s.io");
}

function sandboxIds(layout: HostLayout): string[] {
  return [
    ...new Set([
      ...list(tasksDir(layout)),
      ...list(join(layout.containerdRoot, "io.containerd.grpc.v1.cri", "sandboxes")),
      ...list(join(layout.cniDataDir, layout.networkName)).flatMap((file) => {
        const id = readTextIfThere(join(layout.cniDataDir, layout.networkName, file))?.split(/\s/)[0] ?? "";
        return id.length >= 32 ? [id] : [];
      }),
    ]),
  ];
}

function shimSockets(layout: HostLayout): string[] {
  return list(tasksDir(layout)).flatMap((id) => {
    const address = readTextIfThere(join(tasksDir(layout), id, "address"))?.replace("unix://", "");
    return address !== undefined && dirname(address) === "/run/containerd/s" ? [address] : [];
  });
}

function list(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
