import { type Client, type KubeObject, resources } from "@inkube/kube";
import type { ClusterIdentity } from "./cluster-view.ts";
import { appliedHash } from "./engine/applied-hash.ts";
import { wantedCopy } from "./engine/host-copy.ts";
import { createKindContext } from "./engine/kind-context.ts";
import { ownerOf } from "./engine/ownership.ts";
import { Snapshot } from "./engine/snapshot.ts";
import { kinds, toNestedEvent } from "./kinds/index.ts";
import type { FromHostKind, KindContext, ToHostKind } from "./kinds/kind.ts";

/** One thing that was looked at, in the order in which the syncer does. */
export interface ExplainStep {
  /** `ok`: as it should be; `waiting`: will go on by itself; `blocked`: somebody must act; `info`: neither. */
  state: "ok" | "waiting" | "blocked" | "info";
  what: string;
  detail: string;
}

export interface ExplainOptions {
  nested: Client;
  host: Client;
  identity: ClusterIdentity;
  clusterDomain: string;
  /** Plural, kind or singular of the resource: `pods`, `Pod` or `pod`. */
  kind: string;
  /** Ignored for cluster-scoped kinds. */
  namespace: string;
  name: string;
  signal?: AbortSignal;
}

/**
 * Says what the syncer does with one object and why: whether it belongs on the host, under which name, what it waits for,
 * and how its copy fares. Reads both APIs live and writes nothing. Throws KubeError when one of them does not answer.
 */
export async function explain(options: ExplainOptions): Promise<ExplainStep[]> {
  const kind = kinds.find(({ type }) => [type.plural, type.kind.toLowerCase()].includes(options.kind.toLowerCase()));
  if (!kind) {
    const known = kinds.map(({ kind: plural }) => plural).join(", ");
    return [info("Kind", `${options.kind} stay inside the nested cluster. Synced are: ${known}.`)];
  }
  return kind.direction === "toHost" ? await explainToHost(kind, options) : await explainFromHost(kind, options);
}

async function explainToHost(kind: ToHostKind, options: ExplainOptions): Promise<ExplainStep[]> {
  const { nested, name, namespace } = options;
  const object = await nested.get(kind.type, { name, namespace }, signalOf(options));
  if (!object) return [blocked("Inside", `There is no ${kind.type.kind} ${name} in namespace ${namespace}.`)];
  const { context, snapshot } = await readContext(options);
  const steps = [info("Inside", `${kind.type.kind} ${name}, uid ${object.metadata.uid}.`)];
  if (object.metadata.deletionTimestamp) {
    steps.push(waiting("Inside", `It is being deleted since ${object.metadata.deletionTimestamp}.`));
  }
  const decision = kind.decide(object, context);
  if (decision.sync) steps.push(ok("Decision", "It belongs on the host."));
  else steps.push(decision.wait ? waiting("Decision", decision.reason) : info("Decision", decision.reason));
  if (decision.sync) steps.push(...explainReferences(kind, object, snapshot, context));
  const hostName = context.hostName(name, namespace);
  steps.push(info("Name on the host", `${options.identity.hostNamespace}/${hostName}`));
  steps.push(...(await explainCopy(kind, { object, hostName, synced: decision.sync }, context, options)));
  return steps;
}

function explainReferences(
  kind: ToHostKind,
  object: KubeObject,
  snapshot: Snapshot,
  context: KindContext,
): ExplainStep[] {
  return kind.references(object).map((reference) => {
    const told = `${reference.kind}/${reference.name}`;
    const inside = snapshot.nested(reference.kind)?.get(reference.name, reference.namespace);
    if (!inside && reference.optional) return info("Needs", `${told}, which is optional and not there.`);
    if (!inside) return blocked("Needs", `${told}, which does not exist inside.`);
    const copy = context.host(reference.kind, context.hostName(reference.name, reference.namespace));
    return copy
      ? ok("Needs", `${told}, which is on the host.`)
      : waiting("Needs", `${told}, which is not on the host yet.`);
  });
}

async function explainCopy(
  kind: ToHostKind,
  subject: { object: KubeObject; hostName: string; synced: boolean },
  context: KindContext,
  options: ExplainOptions,
): Promise<ExplainStep[]> {
  const { identity } = options;
  const ref = { name: subject.hostName, namespace: identity.hostNamespace };
  const copy = await options.host.get(kind.type, ref, signalOf(options));
  if (!copy)
    return [subject.synced ? waiting("Copy", "It is not on the host yet.") : ok("Copy", "None, as it should be.")];
  const owner = ownerOf(copy, identity, kind.type.kind);
  if (!owner) return [blocked("Copy", "The host has another object under this name; it is left alone.")];
  if (owner.uid !== subject.object.metadata.uid) {
    return [waiting("Copy", "The copy of an earlier object of this name is still there and must go first.")];
  }
  const steps = [explainAgreement(kind, subject.object, copy, context, identity)];
  if (copy.metadata.deletionTimestamp) steps.push(waiting("Copy", "It is being deleted."));
  steps.push(...explainStatus(copy), ...(await explainEvents(copy, context, options)));
  return steps;
}

function explainAgreement(
  kind: ToHostKind,
  object: KubeObject,
  copy: KubeObject,
  context: KindContext,
  identity: ClusterIdentity,
): ExplainStep {
  const wanted = wantedCopy({ context, identity }, kind, object);
  if (kind.write === "create") {
    const left = kind.update?.(copy, wanted).length ?? 0;
    return left === 0 ? ok("Copy", "It is as wanted.") : waiting("Copy", `${left} changes are still to be made.`);
  }
  if (appliedHash(copy) === appliedHash(wanted)) return ok("Copy", "It is what was last wanted.");
  return waiting("Copy", "It was made from an earlier state and will be written again.");
}

function explainStatus(copy: KubeObject): ExplainStep[] {
  const status = (copy.status ?? {}) as {
    phase?: string;
    conditions?: { type?: string; status?: string; reason?: string }[];
  };
  const steps = status.phase ? [info("State on the host", status.phase)] : [];
  for (const { type = "", status: value, reason } of status.conditions ?? []) {
    if (value === "False")
      steps.push(waiting("State on the host", `${type} is not true${reason ? `: ${reason}` : ""}.`));
  }
  return steps;
}

async function explainEvents(copy: KubeObject, context: KindContext, options: ExplainOptions): Promise<ExplainStep[]> {
  const fieldSelector = `involvedObject.uid=${copy.metadata.uid}`;
  const { items } = await options.host.list(resources.events, {
    namespace: options.identity.hostNamespace,
    fieldSelector,
    ...signalOf(options),
  });
  return items.slice(-5).flatMap((event) => {
    const told = toNestedEvent(event, context);
    if (!told) return [];
    const isWarning = told.type === "Warning";
    return [
      { state: isWarning ? "blocked" : "info", what: "Event", detail: `${told.reason}: ${told.message}` } as const,
    ];
  });
}

async function explainFromHost(kind: FromHostKind, options: ExplainOptions): Promise<ExplainStep[]> {
  const { name } = options;
  const [host, nested, { context }] = await Promise.all([
    options.host.get(kind.type, { name }, signalOf(options)),
    options.nested.get(kind.type, { name }, signalOf(options)),
    readContext(options),
  ]);
  const there = nested ? ok("Inside", "It is shown.") : waiting("Inside", "It is not shown yet.");
  if (!host) return [blocked("On the host", `The host has no ${kind.type.kind} ${name}.`)];
  if (!kind.toNested(host, context)) return [info("Decision", "It is not this nested cluster's to see.")];
  return [ok("On the host", "It is there, and this nested cluster may see it."), there];
}

/** What the kinds' decisions need, read once. */
async function readContext(options: ExplainOptions) {
  const { identity } = options;
  const snapshot = await Snapshot.read({ ...options, kinds });
  const context = createKindContext({
    identity,
    clusterDomain: options.clusterDomain,
    nested: (plural) => snapshot.nested(plural),
    host: (plural) => snapshot.host(plural),
    usingKinds: ["pods"],
  });
  return { context, snapshot };
}

function signalOf(options: ExplainOptions): { signal?: AbortSignal } {
  return options.signal ? { signal: options.signal } : {};
}

const step =
  (state: ExplainStep["state"]) =>
  (what: string, detail: string): ExplainStep => ({ state, what, detail });
const ok = step("ok");
const info = step("info");
const waiting = step("waiting");
const blocked = step("blocked");
