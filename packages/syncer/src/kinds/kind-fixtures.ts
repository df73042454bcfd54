import { annotations, hostName, labels } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { KindContext } from "./kind.ts";

/** Objects by plural of their kind. */
export type Objects = Record<string, KubeObject[]>;

/** The context of a nested cluster `demo` of project `team` that holds the given objects; for tests. */
export function aContext(
  options: { nested?: Objects; host?: Objects; used?: string[]; dnsIP?: string } = {},
): KindContext {
  const { nested = {}, host = {}, used = [], dnsIP = "10.0.0.10" } = options;
  return {
    cluster: { project: "team", name: "demo", uid: "cluster-uid", hostNamespace: "inkube-team-demo-abcde" },
    clusterDomain: "cluster.local",
    apiServerIP: "10.0.0.1",
    dnsIP,
    hostName: (name, namespace) => hostName(name, namespace, "demo"),
    nested: (kind, name, namespace) =>
      nested[kind]?.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
    nestedList: (kind, namespace) =>
      (nested[kind] ?? []).filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    host: (kind, name) => host[kind]?.find(({ metadata }) => metadata.name === name),
    isUsed: (kind, namespace, name) => used.includes(`${kind}/${namespace}/${name}`),
  };
}

/** A nested object in namespace `default`, with uid `<name>-uid`. */
export function aNested(name: string, fields: Record<string, unknown> = {}, metadata: object = {}): KubeObject {
  return { metadata: { name, namespace: "default", uid: `${name}-uid`, ...metadata }, ...fields };
}

/** The host copy of a nested object as the engine makes it: host name and all marks. */
export function aHostCopy(nested: KubeObject, fields: Record<string, unknown> = {}, metadata: object = {}): KubeObject {
  const { name, namespace = "" } = nested.metadata;
  return {
    ...fields,
    metadata: {
      name: hostName(name, namespace, "demo"),
      namespace: "inkube-team-demo-abcde",
      uid: `host-${name}-uid`,
      labels: { [labels.managedBy]: "syncer", [labels.cluster]: "demo", [labels.namespace]: namespace },
      annotations: {
        [annotations.name]: name,
        [annotations.namespace]: namespace,
        [annotations.uid]: nested.metadata.uid ?? "",
      },
      ...metadata,
    },
  };
}

/** The field `a.b.c` of an object; numbers index lists. */
export function at(object: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
}
