import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { createClient, type KubeObject, loadKubeconfig, systemClock } from "@inkube/kube";
import { coreDNSObjects } from "../addons/coredns.ts";
import { installAddons } from "../addons/install-addons.ts";
import { localPathObjects } from "../addons/local-path.ts";
import { type Components, defaultCacheDir, ensureComponents } from "../components/ensure-components.ts";
import { exclusively } from "../exclusive.ts";
import type { Progress } from "../host-error.ts";
import { type BuiltImage, ensureImages } from "../images/ensure-images.ts";
import { imageDefinitions } from "../images/image-list.ts";
import { loadImages } from "../images/load-images.ts";
import { readPidRecord } from "../supervisor/pid-record.ts";
import type { SupervisorConfig } from "../supervisor/process-spec.ts";
import { probe } from "../supervisor/ready-probe.ts";
import { awaitCluster } from "./await-cluster.ts";
import { ensureCgroup } from "./cgroups.ts";
import { type EmbeddedHost, embeddedHost } from "./embedded-host.ts";
import { ensureHostFiles } from "./host-files.ts";
import { type HostLayout, hostLayout } from "./host-layout.ts";
import { apiServerURL, hostProcesses } from "./host-processes.ts";
import { readHostSettings, writeHostSettings } from "./host-settings.ts";
import { rememberKernelSettings } from "./kernel-settings.ts";
import { mountsBelow } from "./mount-table.ts";
import { ensureNetwork } from "./network.ts";
import { bootId, isAlive } from "./process-identity.ts";
import { isExecutable, requireRoot, requireTools } from "./required-tools.ts";
import { ensureSupervisor } from "./run-supervisor.ts";
import { waitUntil } from "./wait-until.ts";

/** Where hosts live unless told otherwise. */
export const defaultStateDir = "/var/lib/inkube";

export interface UpOptions {
  /** Default `inkube`. */
  name?: string;
  /** Default `/var/lib/inkube`. */
  stateDir?: string;
  /** Default: see `defaultCacheDir`. */
  cacheDir?: string;
  /** Further images by their name in images/images.json, besides those of the host and of nested control planes. */
  images?: readonly string[];
  progress?: Progress;
  signal?: AbortSignal;
}

const readyTimeoutMs = 180_000;

/**
 * Brings a host up, or makes sure that it is. Whatever is there and right stays; what is missing, dead or changed is
 * made anew, so it also mends a host after a crash or a reboot. Resolves when the node is Ready and the cluster's DNS
 * and storage answer. Fails with a HostError that says what to do.
 */
export async function up(options: UpOptions = {}): Promise<EmbeddedHost> {
  requireRoot(process.getuid?.() ?? 0);
  requireTools({ path: process.env.PATH ?? "", isExecutable });
  const layout = hostLayout(options.name ?? "inkube", options.stateDir ?? defaultStateDir);
  const progress = options.progress ?? (() => undefined);
  const onWait = () => progress(`Waiting for another run that works on host ${layout.name}`);
  const { signal } = options;
  return await exclusively(`host ${layout.dir}`, () => bringUp(layout, { ...options, progress }), {
    onWait,
    ...(signal === undefined ? {} : { signal }),
  });
}

type Bringing = UpOptions & { progress: Progress };

async function bringUp(layout: HostLayout, options: Bringing): Promise<EmbeddedHost> {
  const { progress } = options;
  const cacheDir = resolve(options.cacheDir ?? defaultCacheDir());
  const abort = options.signal === undefined ? {} : { signal: options.signal };
  const components = await ensureComponents({ cacheDir, progress, ...abort });
  const images = await ensureImages({ names: imageNames(options.images), cacheDir, progress, ...abort });
  mkdirSync(layout.runDir, { recursive: true, mode: 0o700 });
  const settings = readHostSettings(layout);
  if (settings !== undefined && settings.bootId !== bootId()) forgetEarlierBoot(layout);
  const addresses = await ensureNetwork(layout, settings?.index);
  writeHostSettings(layout, {
    index: addresses.index,
    bootId: bootId(),
    createdAt: settings?.createdAt ?? new Date().toISOString(),
  });
  rememberKernelSettings();
  await ensureHostFiles(layout, addresses.nodeIP, Date.now());
  ensureCgroup(layout.cgroup);
  await startProcesses(layout, addresses.nodeIP, components, progress);
  await untilContainerd(layout, options);
  const isOwn = (image: BuiltImage) => hostImages().includes(image.name);
  const load = (some: readonly BuiltImage[]) => loadImages(layout, some, cacheDir);
  // A pod whose image comes late waits out a back-off: what add-ons need goes first, what nested clusters need beside them.
  const early = await load(images.filter(isOwn));
  const [late] = await Promise.all([
    load(images.filter((image) => !isOwn(image))),
    prepareCluster(layout, addresses.nodeIP, options),
  ]);
  await untilAllRun(layout, options);
  if (early.length + late.length > 0) progress(`Loaded ${early.length + late.length} images`);
  progress(`Host ${layout.name} is ready (Kubernetes ${components.version("kubelet")})`);
  return embeddedHost(layout, addresses, components, cacheDir);
}

/** What these files tell of ended with the machine's last boot: bundles, sockets and pids. */
function forgetEarlierBoot(layout: HostLayout): void {
  if (mountsBelow(layout.runDir).length > 0) return;
  rmSync(layout.runDir, { recursive: true, force: true });
  mkdirSync(layout.runDir, { recursive: true, mode: 0o700 });
}

function imageNames(extra: readonly string[] = []): string[] {
  const nested = imageDefinitions().flatMap((image) => (image.needs === "nested" ? [image.name] : []));
  return [...new Set([...hostImages(), ...nested, ...extra])];
}

function hostImages(): string[] {
  return imageDefinitions().flatMap((image) => (image.needs === "host" ? [image.name] : []));
}

async function startProcesses(layout: HostLayout, nodeIP: string, components: Components, progress: Progress) {
  const processes = hostProcesses({ layout, nodeIP, binary: components.path });
  const { cgroup, runDir, logDir } = layout;
  const started = await ensureSupervisor(layout, { cgroup, runDir, logDir, processes });
  if (started) progress(`Starting Kubernetes ${components.version("kubelet")} as host ${layout.name}`);
}

/** After a crash the cluster may answer while a part of it, kube-proxy for one, is still waiting to be started again. */
async function untilAllRun(layout: HostLayout, options: Bringing): Promise<void> {
  const { processes } = JSON.parse(readFileSync(layout.processesPath, "utf8")) as SupervisorConfig;
  const missing = () =>
    processes.flatMap(({ name }) => {
      const record = readPidRecord(layout.runDir, name);
      return record !== undefined && isAlive(record.identity) ? [] : [name];
    });
  await waitUntil(() => missing().length === 0, {
    timeoutMs: readyTimeoutMs,
    explain: () => `These parts do not run: ${missing().join(", ")}; see ${layout.logDir}`,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function untilContainerd(layout: HostLayout, options: Bringing): Promise<void> {
  await waitUntil(() => probe({ kind: "unix", path: layout.containerdSocket }), {
    timeoutMs: readyTimeoutMs,
    explain: () => `containerd does not answer; see ${join(layout.logDir, "containerd.log")}`,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function prepareCluster(layout: HostLayout, nodeIP: string, options: Bringing): Promise<void> {
  const { signal } = options;
  const abort = signal === undefined ? {} : { signal };
  const caPath = join(layout.pkiDir, "ca.crt");
  await waitUntil(() => probe({ kind: "https", url: `${apiServerURL(nodeIP)}/readyz`, caPath }), {
    timeoutMs: readyTimeoutMs,
    explain: () => `The API server is not ready; see ${join(layout.logDir, "kube-apiserver.log")}`,
    ...abort,
  });
  const client = createClient(await loadKubeconfig({ path: layout.kubeconfigPath }));
  try {
    await installAddons(client, addonObjects(layout), { clock: systemClock, ...abort });
    await awaitCluster(layout, client, signal);
  } finally {
    await client.close();
  }
}

function addonObjects(layout: HostLayout): KubeObject[] {
  const reference = (name: string) => imageDefinitions().find((image) => image.name === name)?.reference ?? name;
  const image = reference("local-path-provisioner");
  const helperImage = reference("local-path-helper");
  const { volumesDir, nodeName } = layout;
  return [...coreDNSObjects(reference("coredns")), ...localPathObjects({ image, helperImage, volumesDir, nodeName })];
}
