import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "../kind.ts";
import { type Json, optional, record, without } from "../untyped.ts";
import { hostNodeSelection } from "./node-selection.ts";
import { hostPodAffinity, hostTopologySpread } from "./pod-selection.ts";

/**
 * Fields that say which node may take the pod. Priority stays inside: the host's quota counts by priority class, and a tenant must
 * not get the control planes' or the system's. The host's own scheduler places every pod, so the scheduler's name stays too.
 */
export function hostScheduling(pod: KubeObject, context: KindContext): Json {
  const spec = record(pod.spec);
  const { nodeSelector, nodeAffinity } = hostNodeSelection(pod, context);
  const affinity = without({
    ...record(spec.affinity),
    nodeAffinity,
    podAffinity: hostPodAffinity(record(spec.affinity).podAffinity, pod, context),
    podAntiAffinity: hostPodAffinity(record(spec.affinity).podAntiAffinity, pod, context),
  });
  return {
    ...optional("nodeSelector", nodeSelector),
    ...(Object.keys(affinity).length > 0 ? { affinity } : {}),
    ...optional("topologySpreadConstraints", hostTopologySpread(spec.topologySpreadConstraints, pod)),
  };
}
