import type { KubeObject, ObjectMeta } from "../types.ts";

/** What builders take: any metadata and members; the rest is filled in with the least that the API accepts. */
export interface Given {
  metadata?: Partial<ObjectMeta>;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  [member: string]: unknown;
}

function build(apiVersion: string, kind: string, metadata: ObjectMeta, given: Given, spec?: object): KubeObject {
  const object: KubeObject = { apiVersion, kind, ...given, metadata: { ...metadata, ...given.metadata } };
  return spec === undefined ? object : { ...object, spec: { ...spec, ...given.spec } };
}

/** A Pod `default/pod` with one container `main`. */
export function aPod(given: Given = {}): KubeObject {
  const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10" }];
  return build("v1", "Pod", { namespace: "default", name: "pod" }, given, { containers });
}

/** A Service `default/service` with TCP port 80 and selector `app=service`. */
export function aService(given: Given = {}): KubeObject {
  const spec = { selector: { app: "service" }, ports: [{ port: 80 }] };
  return build("v1", "Service", { namespace: "default", name: "service" }, given, spec);
}

/** A ConfigMap `default/config`. */
export function aConfigMap(given: Given = {}): KubeObject {
  return build("v1", "ConfigMap", { namespace: "default", name: "config" }, given);
}

/** A Secret `default/secret` of type Opaque. */
export function aSecret(given: Given = {}): KubeObject {
  return build("v1", "Secret", { namespace: "default", name: "secret" }, { type: "Opaque", ...given });
}

/** A Namespace `namespace`. */
export function aNamespace(given: Given = {}): KubeObject {
  return build("v1", "Namespace", { name: "namespace" }, given);
}

/** A Node `node`, ready, at 192.0.2.1. */
export function aNode(given: Given = {}): KubeObject {
  const status = {
    conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
    addresses: [{ type: "InternalIP", address: "192.0.2.1" }],
    ...given.status,
  };
  return build("v1", "Node", { name: "node" }, { ...given, status });
}
