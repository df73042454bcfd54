import type { KubeObject } from "@inkube/kube";
import type { ClusterIdentity } from "../../cluster-view.ts";

/** A nested cluster's identity. */
export const identity: ClusterIdentity = {
  project: "team",
  name: "demo",
  uid: "c-1",
  hostNamespace: "inkube-team-demo-abcde",
};

/** An object with this much metadata. */
export function anObject(name: string, metadata: Partial<KubeObject["metadata"]> = {}, rest: object = {}): KubeObject {
  return { metadata: { name, namespace: "default", uid: `uid-${name}`, resourceVersion: "1", ...metadata }, ...rest };
}
