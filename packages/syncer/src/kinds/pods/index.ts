import { names } from "@inkube/api";
import { type KubeObject, resources } from "@inkube/kube";
import type { Decision, KindContext, PolicyRule, Reference, ToHostKind } from "../kind.ts";
import { keepRule } from "../kind-rules.ts";
import { hostMetadata } from "../metadata.ts";
import { withOwnedKeys } from "../owned-keys.ts";
import { ownAnnotations } from "../ownership.ts";
import { record, records, text, without } from "../untyped.ts";
import { containerReferences, hostContainers } from "./containers.ts";
import { awaitsDns, hostDns, hostHostname } from "./dns.ts";
import { downwardAnnotations } from "./downward.ts";
import { unplaceable } from "./node-selection.ts";
import { hostScheduling } from "./scheduling.ts";
import { podFromHost, readinessGates } from "./status.ts";
import { tokensOf } from "./tokens.ts";
import { mutableHash, podUpdate } from "./update.ts";
import { hostVolumes, volumeReferences } from "./volumes.ts";

const hostRules: PolicyRule[] = [
  keepRule(resources.pods),
  { apiGroups: [""], resources: ["pods/ephemeralcontainers", "pods/resize", "pods/status"], verbs: ["patch"] },
];

/** Fields that are said anew for the host, or stay inside. Everything else of the spec passes, newer fields too. */
const replaced = [
  "containers",
  "initContainers",
  "ephemeralContainers",
  "volumes",
  "dnsPolicy",
  "dnsConfig",
  "hostname",
  "hostnameOverride",
  "subdomain",
  "setHostnameAsFQDN",
  "nodeSelector",
  "affinity",
  "topologySpreadConstraints",
  "serviceAccount",
  "serviceAccountName",
  "automountServiceAccountToken",
  "enableServiceLinks",
  "imagePullSecrets",
  "priority",
  "priorityClassName",
  "preemptionPolicy",
  "schedulerName",
  "schedulingGates",
  "overhead",
  "resourceClaims",
];

function waits(reason: string): Decision {
  return { sync: false, wait: true, reason };
}

/** A pod that is on the host stays there until it is deleted; the rest is about one that is to be created. */
function decide(pod: KubeObject, context: KindContext): Decision {
  const { name, namespace = "" } = pod.metadata;
  if (context.host("pods", context.hostName(name, namespace)) !== undefined) return { sync: true };
  const spec = record(pod.spec);
  if (records(spec.resourceClaims).length > 0) return { sync: false, reason: "Resource claims are not supported." };
  const sources = records(spec.volumes).flatMap((volume) => records(record(volume.projected).sources));
  if (sources.some((source) => source.podCertificate !== undefined)) {
    return { sync: false, reason: "Pod certificates in projected volumes are not supported." };
  }
  const gates = records(spec.schedulingGates).map((gate) => text(gate.name));
  if (gates.length > 0) return waits(`Scheduling gates hold it back: ${gates.join(", ")}.`);
  const scheduler = text(spec.schedulerName) || "default-scheduler";
  if (scheduler !== "default-scheduler" && text(spec.nodeName) === "") {
    return waits(`Scheduler ${scheduler} has not assigned it to a node.`);
  }
  if (awaitsDns(pod, context)) return waits("The cluster's DNS Service kube-system/kube-dns has no address yet.");
  const nowhere = unplaceable(pod, context);
  return nowhere === undefined ? { sync: true } : waits(nowhere);
}

function references(pod: KubeObject): Reference[] {
  const { namespace = "" } = pod.metadata;
  const pullSecrets = records(record(pod.spec).imagePullSecrets).map(
    ({ name }): Reference => ({ kind: "secrets", namespace, name: text(name), optional: true }),
  );
  const unique = new Map<string, Reference>();
  for (const reference of [...volumeReferences(pod), ...containerReferences(pod), ...pullSecrets]) {
    if (reference.name === "") continue;
    const key = `${reference.kind}/${reference.name}`;
    const known = unique.get(key);
    unique.set(key, { ...reference, optional: reference.optional && (known?.optional ?? true) });
  }
  return [...unique.values()];
}

function hostSpec(pod: KubeObject, context: KindContext): Record<string, unknown> {
  const spec = record(pod.spec);
  const { namespace = "" } = pod.metadata;
  const pullSecrets = records(spec.imagePullSecrets).map((secret) => ({
    ...secret,
    name: context.hostName(text(secret.name), namespace),
  }));
  const containers = hostContainers(pod, context);
  // The API takes ephemeral containers only for a pod that exists; the update adds them.
  const exists = context.host("pods", context.hostName(pod.metadata.name, namespace)) !== undefined;
  return {
    ...without(spec, ...replaced),
    ...(exists ? containers : without(containers, "ephemeralContainers")),
    ...hostVolumes(pod, context),
    ...hostDns(pod, context),
    ...hostHostname(pod, context),
    ...hostScheduling(pod, context),
    ...(pullSecrets.length > 0 ? { imagePullSecrets: pullSecrets } : {}),
    serviceAccountName: names.workloadServiceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
  };
}

function toHost(pod: KubeObject, context: KindContext): KubeObject {
  const metadata = hostMetadata(pod, context);
  const spec = hostSpec(pod, context);
  const gates = readinessGates(pod);
  const gateConditions = records(record(pod.status).conditions).filter(({ type }) => gates.has(text(type)));
  const own = { ...downwardAnnotations(pod), [ownAnnotations.mutableHash]: mutableHash(spec) };
  return withOwnedKeys({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadata, annotations: { ...metadata.annotations, ...own } },
    spec,
    ...(gateConditions.length > 0 ? { status: { conditions: gateConditions } } : {}),
  });
}

/** Pods that no node has taken yet: their decision may hang on the nodes and on the address of DNS. */
function* waiting(context: KindContext): Iterable<{ namespace: string; name: string }> {
  for (const { metadata, spec } of context.nestedList("pods")) {
    if (text(record(spec).nodeName) === "") yield { namespace: metadata.namespace ?? "", name: metadata.name };
  }
}

/** Pods: created once on the host, scheduled and run there; what may change later is patched, what happens there comes back. */
export const pods: ToHostKind = {
  direction: "toHost",
  kind: "pods",
  type: resources.pods,
  hostRules,
  decide,
  references,
  tokens: tokensOf,
  toHost,
  write: "create",
  update: podUpdate,
  fromHost: podFromHost,
  onHostGone: () => "delete",
  triggers: [
    // Read for the namespace selectors of affinity terms; pods that are on the host keep what it said then.
    { kind: "namespaces", affected: () => [] },
    { kind: "nodes", affected: (_node, context) => waiting(context) },
    {
      kind: "services",
      affected: ({ metadata }, context) =>
        metadata.namespace === "kube-system" && metadata.name === names.dnsService ? waiting(context) : [],
    },
  ],
};
