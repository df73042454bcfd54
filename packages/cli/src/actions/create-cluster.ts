import { AppError, apiVersion, fieldManagers, nestedClusters } from "@inkube/api";
import { isKubeError, type KubeObject } from "@inkube/kube";
import { givenFields } from "../clusters/given-fields.ts";
import { missingProject } from "../clusters/missing-project.ts";
import { asNestedCluster, displayName } from "../clusters/nested-cluster.ts";
import { waitReady } from "../clusters/wait-ready.ts";
import type { CommandContext } from "../context.ts";
import { readDocuments } from "../files/read-documents.ts";
import { structured, withoutManagedFields } from "../output/structured.ts";
import { addToKubeconfig } from "./connect-cluster.ts";

interface CreateOptions {
  distro?: string | undefined;
  version?: string | undefined;
  cpu?: string | undefined;
  memory?: string | undefined;
  storage?: string | undefined;
  pods?: number | undefined;
  endpoint?: string | undefined;
  syncer?: string | undefined;
  "pod-security"?: string | undefined;
  group?: string | undefined;
  host?: string | undefined;
  file?: string | undefined;
  wait: boolean;
  timeout: number;
  connect: boolean;
  "dry-run": boolean;
}

/** Creates a NestedCluster after a dry run, and waits for it unless told otherwise. */
export async function createCluster(
  { args, options }: { args: { name: string | undefined }; options: CreateOptions },
  context: CommandContext,
): Promise<void> {
  const base = options.file ? await readObject(options.file, context) : undefined;
  const wanted = buildCluster(args.name, options, base, context.globals.project);
  const ref = { namespace: wanted.metadata.namespace ?? context.globals.project, name: wanted.metadata.name };
  const host = await context.host();
  const write = { fieldManager: fieldManagers.cli, signal: context.signal };
  const checked = await host.create(nestedClusters, wanted, { ...write, dryRun: true }).catch((error: unknown) => {
    if (isKubeError(error, "alreadyExists")) throw alreadyThere(ref, error);
    throw missingProject(error, ref.namespace) ?? error;
  });
  if (options["dry-run"]) return printCreated(checked, "could be created (dry run)", context);
  const created = await host.create(nestedClusters, wanted, write);
  if (!options.wait) return printCreated(created, "is created", context);
  context.progress.log(`Created ${displayName(ref)}`);
  const ready = await waitReady(host, ref, options.timeout, context);
  if (options.connect) await addToKubeconfig(ready, undefined, context);
  await printCreated(ready as unknown as KubeObject, `is ready${at(ready.status?.endpoint?.url)}`, context);
  if (!options.connect && !context.globals.output) context.progress.log(`Use it with: ${connectHint(ref)}`);
}

/** The object that the options describe, on top of one from a file. Throws AppError USAGE when they contradict. */
export function buildCluster(
  name: string | undefined,
  options: Omit<CreateOptions, "wait" | "timeout" | "connect" | "dry-run">,
  base: KubeObject | undefined,
  project: string,
): KubeObject {
  const fileName = base?.metadata?.name;
  if (name && fileName && name !== fileName) {
    throw new AppError("USAGE", `The file is about ${fileName}, not ${name}`, { todo: "Name one of them." });
  }
  const finalName = name ?? fileName;
  if (!finalName) throw new AppError("USAGE", "The nested cluster has no name", { todo: "inkube create NAME" });
  const spec = (base?.spec ?? {}) as { size?: object; endpoint?: object };
  const size = givenFields({ cpu: options.cpu, memory: options.memory, storage: options.storage, pods: options.pods });
  const endpoint = givenFields({ type: options.endpoint });
  return {
    apiVersion,
    kind: nestedClusters.kind,
    metadata: { ...base?.metadata, name: finalName, namespace: base?.metadata.namespace ?? project },
    spec: {
      ...spec,
      ...givenFields({ distro: options.distro, version: options.version, syncer: options.syncer }),
      ...givenFields({ podSecurity: options["pod-security"], group: options.group, host: options.host }),
      ...(size && { size: { ...spec.size, ...size } }),
      ...(endpoint && { endpoint: { ...spec.endpoint, ...endpoint } }),
    },
  };
}

async function readObject(path: string, context: CommandContext): Promise<KubeObject> {
  const documents = await readDocuments(path, context.io);
  if (documents.length !== 1) {
    throw new AppError("USAGE", `${path} is not one YAML document`, { todo: "Give one NestedCluster." });
  }
  const [object] = documents as [Partial<KubeObject>];
  if (object?.kind !== nestedClusters.kind || object.apiVersion !== apiVersion) {
    throw new AppError("USAGE", `${path} is not a ${nestedClusters.kind} of ${apiVersion}`, {
      todo: "Give a file with that kind and apiVersion.",
    });
  }
  return { ...object, metadata: object.metadata ?? { name: "" } };
}

function alreadyThere(ref: { namespace: string; name: string }, cause: unknown): AppError {
  return new AppError("KUBE_ALREADY_EXISTS", `There is already a nested cluster ${displayName(ref)}`, {
    todo: `Choose another name, or see it with inkube describe ${ref.name}.`,
    cause,
  });
}

async function printCreated(object: KubeObject, what: string, { io, globals }: CommandContext): Promise<void> {
  const text = await structured(withoutManagedFields(object), globals.output);
  const { metadata } = asNestedCluster(object);
  if (text !== undefined) io.stdout.write(text);
  else if (globals.output === "name") io.stdout.write(`nestedcluster.inkube.dev/${metadata.name}\n`);
  else io.stdout.write(`${displayName({ namespace: metadata.namespace ?? "default", name: metadata.name })} ${what}\n`);
}

function at(url: string | undefined): string {
  return url ? ` at ${url}` : "";
}

function connectHint(ref: { namespace: string; name: string }): string {
  return ref.namespace === "default" ? `inkube connect ${ref.name}` : `inkube connect ${ref.name} -n ${ref.namespace}`;
}
