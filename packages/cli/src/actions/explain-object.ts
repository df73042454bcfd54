import { AppError, conditionTypes, getCondition, type NestedCluster, nestedClusters } from "@inkube/api";
import { type Client, createClient, parseKubeconfig, type ResourceType } from "@inkube/kube";
import { type ExplainStep, explain, kinds } from "@inkube/syncer";
import { clusterKubeconfig } from "../clusters/cluster-kubeconfig.ts";
import { findType, type KindName } from "../clusters/find-type.ts";
import { asNestedCluster, displayName, mustBeHere, readCluster } from "../clusters/nested-cluster.ts";
import type { CommandContext } from "../context.ts";
import { printable } from "../output/printable.ts";
import { structured } from "../output/structured.ts";
import { tree } from "../output/tree.ts";

/** Short names that people know from kubectl. */
const shortNames: Record<string, string> = {
  po: "pods",
  svc: "services",
  cm: "configmaps",
  pvc: "persistentvolumeclaims",
  pv: "persistentvolumes",
  ep: "endpoints",
  no: "nodes",
  sc: "storageclasses",
  deploy: "deployments",
  sts: "statefulsets",
  ds: "daemonsets",
  rs: "replicasets",
  ing: "ingresses",
  sa: "serviceaccounts",
  ns: "namespaces",
};

/**
 * Says where an object of a nested cluster is on the host, or why it is not.
 * Throws AppError KUBE_NOT_FOUND when there is no such object, or no such kind.
 */
export async function explainObject(
  object: string,
  options: { namespace: string; cluster?: string | undefined },
  context: CommandContext,
): Promise<void> {
  const { kind, name } = parseObject(object);
  const { signal } = context;
  const host = await context.hostItself();
  const cluster = await findCluster(host, options.cluster, context);
  mustBeHere(cluster);
  const hostNamespace = cluster.status?.namespace ?? "";
  const config = await parseKubeconfig(await clusterKubeconfig(host, cluster, signal));
  const nested = createClient(config);
  try {
    const type = await findType(nested, kind, signal);
    await requireObject({ nested, host, type, namespace: options.namespace, name, cluster, signal });
    const steps = await explain({
      nested,
      host,
      identity: {
        project: cluster.metadata.namespace ?? "default",
        name: cluster.metadata.name,
        uid: cluster.metadata.uid ?? "",
        hostNamespace,
      },
      clusterDomain: cluster.spec.clusterDomain,
      kind: nameOf(type),
      namespace: options.namespace,
      name,
      signal,
    });
    await printSteps(
      `${object} -n ${options.namespace} in ${cluster.metadata.name}`,
      [...syncStep(cluster), ...steps],
      context,
    );
  } finally {
    await nested.close();
  }
}

/** `KIND/NAME` or `kind.group/NAME` in its parts. Throws AppError USAGE. */
export function parseObject(text: string): { kind: KindName; name: string } {
  const match = /^([A-Za-z][A-Za-z0-9]*)(?:\.([a-z0-9.-]+))?\/([a-z0-9][-a-z0-9.]*)$/.exec(text);
  const [, word = "", group, name = ""] = match ?? [];
  if (!match) throw new AppError("USAGE", `"${text}" names no object`, { todo: "Write KIND/NAME, such as pod/web." });
  return { kind: { word: shortNames[word.toLowerCase()] ?? word, ...(group && { group }) }, name };
}

/** The name by which `explain` knows a synced kind, and no other. */
function nameOf(type: ResourceType): string {
  const synced = kinds.some((kind) => kind.type.plural === type.plural && kind.type.group === type.group);
  return synced || type.group === "" ? type.plural : `${type.plural}.${type.group}`;
}

async function requireObject(wanted: {
  nested: Client;
  host: Client;
  type: ResourceType;
  namespace: string;
  name: string;
  cluster: NestedCluster;
  signal: AbortSignal;
}): Promise<void> {
  const { nested, host, type, namespace, name, cluster, signal } = wanted;
  const ref = type.namespaced ? { namespace, name } : { name };
  if (await nested.get(type, ref, { signal })) return;
  // What comes from the host and is kept from a nested cluster is there to be explained.
  const fromHost = kinds.some((kind) => kind.direction === "fromHost" && kind.type.plural === type.plural);
  if (fromHost && (await host.get(type, ref, { signal }))) return;
  const where = type.namespaced ? ` in namespace ${namespace}` : "";
  throw new AppError("KUBE_NOT_FOUND", `There is no ${type.kind} ${name}${where} of ${cluster.metadata.name}`, {
    todo: `Check the name${type.namespaced ? ", the namespace (-n)" : ""} and the nested cluster (--cluster).`,
  });
}

async function findCluster(host: Client, name: string | undefined, context: CommandContext): Promise<NestedCluster> {
  const { globals, signal } = context;
  if (name) return readCluster(host, { namespace: globals.project, name }, signal);
  const { items } = await host.list(nestedClusters, { namespace: globals.project, signal });
  const [only] = items;
  if (items.length === 1 && only) return asNestedCluster(only);
  const there = items.map((item) => item.metadata.name).join(", ") || "none";
  throw new AppError("USAGE", `Which nested cluster? There ${items.length === 0 ? "is" : "are"} ${there}`, {
    todo: "Name it with --cluster; another project with --project.",
  });
}

/** While the syncer itself is in trouble, that explains more than anything about one object. */
function syncStep(cluster: NestedCluster): ExplainStep[] {
  const synced = getCondition(cluster.status?.conditions, conditionTypes.synced);
  if (synced?.status === "True") return [];
  const name = displayName({ namespace: cluster.metadata.namespace ?? "default", name: cluster.metadata.name });
  const detail = synced ? `${synced.reason}: ${synced.message}` : `No syncer has looked at ${name} yet.`;
  return [{ state: "blocked", what: "Syncer", detail }];
}

async function printSteps(title: string, steps: ExplainStep[], { io, globals, colors }: CommandContext): Promise<void> {
  const text = await structured(steps, globals.output);
  if (text !== undefined) return io.stdout.write(text);
  const marks = { ok: colors.green("✓"), waiting: colors.yellow("…"), blocked: colors.red("✗"), info: colors.dim("·") };
  const children = steps.map(({ state, what, detail }) => ({ text: `${marks[state]} ${what}: ${printable(detail)}` }));
  io.stdout.write(tree({ text: colors.bold(title), children }));
}
