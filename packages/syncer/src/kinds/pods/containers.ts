import type { KubeObject } from "@inkube/kube";
import type { KindContext, Reference } from "../kind.ts";
import { type Json, record, records } from "../untyped.ts";
import { envReferences, hostEnv } from "./env.ts";

/** The lists of containers of a pod. */
export const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

/** All container lists on the host; images, commands, probes, mounts and resources are as inside. */
export function hostContainers(pod: KubeObject, context: KindContext): Json {
  const spec = record(pod.spec);
  const lists = containerLists.filter((list) => Array.isArray(spec[list]));
  return Object.fromEntries(
    lists.map((list) => [list, records(spec[list]).map((container) => hostEnv(container, pod, context))]),
  );
}

/** ConfigMaps and Secrets that the containers' variables come from. */
export function containerReferences(pod: KubeObject): Reference[] {
  const { namespace = "" } = pod.metadata;
  return containerLists.flatMap((list) =>
    records(record(pod.spec)[list]).flatMap((container) => envReferences(container, namespace)),
  );
}

/** Names of all containers of a pod. */
export function containerNames(pod: KubeObject): Set<unknown> {
  return new Set(containerLists.flatMap((list) => records(record(pod.spec)[list]).map(({ name }) => name)));
}
