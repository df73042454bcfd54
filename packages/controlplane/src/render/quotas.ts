import { names } from "@inkube/api";
import { formatQuantity, type KubeObject, parseQuantity } from "@inkube/kube";
import type { ControlPlaneInput } from "./input.ts";
import { owned } from "./object-labels.ts";

/** Everything that holds a nested cluster to its size; where nothing shall, only what a container counts as. */
export function quotas(input: ControlPlaneInput): KubeObject[] {
  const isHeld = input.spec.advanced?.resourceQuota !== false;
  return [...(isHeld ? [sizeQuota(input), storageQuota(input)] : []), limitRange(input)];
}

/** What the nested cluster's pods may ask for together. The control plane has another priority class and does not count. */
function sizeQuota({ cluster, spec }: ControlPlaneInput): KubeObject {
  const { cpu, memory, pods } = spec.size;
  return owned(cluster, {
    apiVersion: "v1",
    kind: "ResourceQuota",
    name: names.sizeQuota,
    spec: {
      hard: { "requests.cpu": String(cpu), "requests.memory": String(memory), pods: String(pods) },
      scopeSelector: {
        matchExpressions: [{ scopeName: "PriorityClass", operator: "NotIn", values: [names.priorityClass] }],
      },
    },
  });
}

/** How many objects one tenant may put into the host's own store, whatever the pods ask for. */
const objectLimits = {
  configmaps: "2000",
  persistentvolumeclaims: "500",
  services: "500",
  "services.loadbalancers": "10",
  "services.nodeports": "64",
} as const;

/** Secrets of the tenant; each pod has one more, for its tokens. */
const tenantSecrets = 4000;

/** Volumes and object counts. The datastore's own claim is added, as it lives in the same namespace. */
function storageQuota({ cluster, spec }: ControlPlaneInput): KubeObject {
  const total = parseQuantity(spec.size.storage) + parseQuantity(spec.datastore.storage.size);
  return owned(cluster, {
    apiVersion: "v1",
    kind: "ResourceQuota",
    name: names.storageQuota,
    spec: {
      hard: {
        "requests.storage": formatQuantity(total, "binary"),
        secrets: String(tenantSecrets + spec.size.pods),
        ...objectLimits,
      },
    },
  });
}

/** What a container that asks for nothing is counted as: an even share of the size. It gets no limit. */
function limitRange({ cluster, spec }: ControlPlaneInput): KubeObject {
  const { cpu, memory, pods } = spec.size;
  const millis = Math.max(1, Math.floor((parseQuantity(cpu) * 1000) / pods));
  const mebibytes = Math.max(1, Math.floor(parseQuantity(memory) / 2 ** 20 / pods));
  return owned(cluster, {
    apiVersion: "v1",
    kind: "LimitRange",
    name: names.limitRange,
    spec: { limits: [{ type: "Container", defaultRequest: { cpu: `${millis}m`, memory: `${mebibytes}Mi` } }] },
  });
}
