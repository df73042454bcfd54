import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import { installManifests } from "@inkube/agent";
import { apiVersion, fieldManagers, type NestedCluster, names, nestedClusters } from "@inkube/api";
import { type EmbeddedHost, up } from "@inkube/embedded";
import { hubManifests } from "@inkube/hub/install";
import { type Client, createClient, isKubeError, loadKubeconfig, resources } from "@inkube/kube";
import { clusterKubeconfig } from "../clusters/cluster-kubeconfig.ts";
import { waitReady } from "../clusters/wait-ready.ts";
import type { CommandContext } from "../context.ts";
import { embeddedHost } from "../host-access.ts";
import { type HubFacts, writeHubFacts } from "../hub/embedded-hub.ts";
import { applyObjects } from "../install/apply-objects.ts";
import { awaitPrograms } from "../install/await-programs.ts";
import { isOnPath } from "../install/is-on-path.ts";
import { writePrivateFile } from "../kubeconfig/private-file.ts";
import { structured } from "../output/structured.ts";

interface UpFlags {
  name: string;
  demo: boolean;
  hub: boolean;
  bare: boolean;
  timeout: number;
}

/** Brings up the embedded host, Inkube on it, and a nested cluster. Idempotent: what is there and right stays. */
export async function bringUp(flags: UpFlags, context: CommandContext): Promise<void> {
  const { globals, io, progress, signal, clock } = context;
  const place = embeddedHost(globals, io);
  const report = (line: string) => progress.log(line);
  const machine = await up({ name: place.name, stateDir: place.stateDir, progress: report, signal });
  if (flags.bare) {
    await loadProgramImage(machine, context);
    return printResult(machine, undefined, context);
  }
  const host = createClient(await loadKubeconfig({ path: machine.kubeconfigPath }));
  try {
    await installPrograms(host, machine, flags.hub, context);
    const programs = [names.agent, names.syncer, ...(flags.hub ? [names.hub] : [])];
    await awaitPrograms(host, programs, { timeoutMs: flags.timeout, clock, signal, progress });
    if (flags.hub) await writeHubFacts(place.dir, await readHub(host, machine, signal));
    const kubeconfigPath = join(place.dir, `${flags.name}.kubeconfig`);
    if (flags.demo) await ensureCluster(host, flags, kubeconfigPath, context);
    if (flags.hub) progress.log(`The hub is at ${hubUrl(machine)}; sign in with: inkube login`);
    await printResult(machine, flags.demo ? kubeconfigPath : undefined, context);
  } finally {
    await host.close();
  }
}

/** Node port of the hub; fixed, so that its address is known before it runs. */
const hubNodePort = 30443;

function hubUrl({ nodeIP }: EmbeddedHost): string {
  return `https://${nodeIP}:${hubNodePort}`;
}

async function readHub(host: Client, machine: EmbeddedHost, signal: AbortSignal): Promise<HubFacts> {
  const ref = { namespace: names.systemNamespace, name: names.hubCaSecret };
  const secret = await host.get(resources.secrets, ref, { signal });
  const encoded = (secret?.data as Record<string, string> | undefined)?.["tls.crt"];
  return { url: hubUrl(machine), ...(encoded && { ca: Buffer.from(encoded, "base64").toString("utf8") }) };
}

async function loadProgramImage(machine: EmbeddedHost, { progress }: CommandContext): Promise<string> {
  const [image = ""] = await machine.loadImages(["inkube"], (line) => progress.log(line));
  return image;
}

async function installPrograms(
  host: Client,
  machine: EmbeddedHost,
  withHub: boolean,
  context: CommandContext,
): Promise<void> {
  const image = await loadProgramImage(machine, context);
  const answer = await host.raw({ method: "GET", path: "/version", signal: context.signal });
  const { gitVersion } = JSON.parse(await readText(Readable.from(answer.body))) as { gitVersion: string };
  const manifests = await installManifests({
    image,
    // The images of distro k8s, in the host's own version, are there already; k3s would have to be fetched.
    defaultDistro: "k8s",
    defaultVersion: gitVersion,
    // ClusterIPs exist only inside the host's network namespace, so people come through node ports.
    endpointType: "NodePort",
    endpointAddresses: [machine.nodeIP],
  });
  const hub = withHub ? hubManifests({ image, url: hubUrl(machine), nodePort: hubNodePort }) : [];
  await applyObjects(host, [...manifests, ...hub], context);
}

const createTries = 30;

async function ensureCluster(host: Client, flags: UpFlags, path: string, context: CommandContext): Promise<void> {
  const ref = { namespace: context.globals.project, name: flags.name };
  const wanted = { apiVersion, kind: nestedClusters.kind, metadata: ref, spec: {} };
  const write = { fieldManager: fieldManagers.cli, signal: context.signal };
  for (let attempt = 1; ; attempt += 1) {
    try {
      await host.create(nestedClusters, wanted, write);
      break;
    } catch (error) {
      if (isKubeError(error, "alreadyExists")) break;
      // The API server may not yet know the way to the hub, which it asks about nested clusters.
      if (attempt === createTries || !isKubeError(error, "server")) throw error;
      await context.clock.sleep(1000, context.signal);
    }
  }
  const cluster: NestedCluster = await waitReady(host, ref, flags.timeout, context);
  await writePrivateFile(path, await clusterKubeconfig(host, cluster, context.signal));
}

async function printResult(machine: EmbeddedHost, demo: string | undefined, context: CommandContext): Promise<void> {
  const { io, globals } = context;
  const result = {
    name: machine.name,
    kubeconfigPath: machine.kubeconfigPath,
    ...(demo && { demoKubeconfigPath: demo }),
  };
  const text = await structured(result, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  // People come from a machine that may have no kubectl yet; the host's own is of the right version.
  if (!isOnPath("kubectl", io.env.PATH)) io.stdout.write(`export PATH=$PATH:${dirname(machine.kubectlPath)}\n`);
  io.stdout.write(demo ? `export KUBECONFIG=${demo}\n` : `export INKUBE_KUBECONFIG=${machine.kubeconfigPath}\n`);
}
