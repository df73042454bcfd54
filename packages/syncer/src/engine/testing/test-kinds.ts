import { annotations } from "@inkube/api";
import { resources } from "@inkube/kube";
import { configmaps } from "../../kinds/configmaps.ts";
import type { NestedWrite, SyncKind, ToHostKind } from "../../kinds/kind.ts";
import { hostMetadata } from "../../kinds/metadata.ts";
import { services } from "../../kinds/services.ts";

interface PodSpec {
  nodeName?: string;
  uses?: string;
}

/** Pods reduced to what the engine distinguishes: created once, bound, running, using a ConfigMap, ending with their copy. */
export const plainPods: ToHostKind = {
  direction: "toHost",
  kind: "pods",
  type: resources.pods,
  hostRules: [],
  decide: () => ({ sync: true }),
  references: (pod) => {
    const { uses } = (pod.spec ?? {}) as PodSpec;
    return uses ? [{ kind: "configmaps", namespace: pod.metadata.namespace ?? "", name: uses, optional: false }] : [];
  },
  tokens: () => [],
  toHost: (pod, context) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: hostMetadata(pod, context),
    spec: { uses: (pod.spec as PodSpec).uses ?? "" },
  }),
  write: "create",
  update: () => [],
  fromHost: (host, pod) => {
    if (host.metadata.annotations?.[annotations.uid] !== pod.metadata.uid) return [];
    const writes: NestedWrite[] = [];
    const node = (host.spec as PodSpec).nodeName;
    if (node && !(pod.spec as PodSpec).nodeName) writes.push({ verb: "bind", node });
    if (host.status && JSON.stringify(host.status) !== JSON.stringify(pod.status)) {
      writes.push({ verb: "patch", subresource: "status", body: { status: host.status } });
    }
    if (host.metadata.deletionTimestamp && !pod.metadata.deletionTimestamp) writes.push({ verb: "delete" });
    return writes;
  },
  onHostGone: () => "delete",
};

/** One kind of each way to be synced, and one that is on the host only while it is used. */
export const testKinds: readonly SyncKind[] = [plainPods, configmaps, services, secretsOfHost()];

/** Secrets are watched because the credentials are one; none of the schedules makes any. */
function secretsOfHost(): ToHostKind {
  return {
    ...configmaps,
    kind: "secrets",
    type: resources.secrets,
    decide: () => ({ sync: false, reason: "Not part of the test." }),
  };
}
