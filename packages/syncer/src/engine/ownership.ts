import { annotations, fieldManagers, hostName, labels, managedBy } from "@inkube/api";
import type { KubeObject, ObjectMeta, OwnerReference } from "@inkube/kube";
import type { ClusterIdentity } from "../cluster-view.ts";

/** Whose copy a host object is. `uid` is "" while the nested object is still being admitted. */
export interface Owner {
  namespace: string;
  name: string;
  uid: string;
}

/** The field manager of everything that the syncer applies, on either side. */
export const fieldManager = fieldManagers.syncer;

/**
 * Labels and annotations that say in plain words whose copy a host object is, on top of those that the kind wants.
 * Ours win: a tenant's label can never make an object look like another one's copy.
 */
export function hostMetadata(
  nested: KubeObject,
  wanted: KubeObject,
  identity: ClusterIdentity,
  options: { name: string; kind: string },
): ObjectMeta {
  const owner = controllerOf(nested.metadata.ownerReferences);
  return {
    name: options.name,
    namespace: identity.hostNamespace,
    labels: {
      ...wanted.metadata.labels,
      ...ownedLabels(identity, nested.metadata.namespace ?? ""),
    },
    annotations: {
      ...wanted.metadata.annotations,
      [annotations.name]: nested.metadata.name,
      [annotations.namespace]: nested.metadata.namespace ?? "",
      [annotations.uid]: nested.metadata.uid ?? "",
      [annotations.kind]: options.kind,
      ...(owner && { [annotations.ownerKind]: owner.kind, [annotations.ownerName]: owner.name }),
    },
  };
}

/** The labels by which host objects of a nested cluster are selected. They are a hint, never a proof of ownership. */
export function ownedLabels(identity: ClusterIdentity, namespace: string): Record<string, string> {
  return {
    [labels.managedBy]: managedBy.syncer,
    [labels.cluster]: identity.name,
    [labels.namespace]: namespace,
  };
}

/**
 * Whose copy `host` is, or undefined when it is not this cluster's: labels and annotations can be copied by anybody,
 * so the name is derived again from what they claim and must be the object's real one.
 */
export function ownerOf(
  host: KubeObject,
  identity: ClusterIdentity,
  kind: string,
  nameOf: (name: string, namespace: string) => string = (name, namespace) => hostName(name, namespace, identity.name),
): Owner | undefined {
  const told = host.metadata.annotations ?? {};
  const name = told[annotations.name];
  const namespace = told[annotations.namespace];
  if (!name || namespace === undefined || told[annotations.kind] !== kind) return undefined;
  if (host.metadata.namespace !== identity.hostNamespace) return undefined;
  if (host.metadata.labels?.[labels.managedBy] !== managedBy.syncer) return undefined;
  if (host.metadata.labels[labels.cluster] !== identity.name) return undefined;
  if (nameOf(name, namespace) !== host.metadata.name) return undefined;
  return { name, namespace, uid: told[annotations.uid] ?? "" };
}

/** True for an object inside that the syncer mirrored from the host. */
export function isMirrored(nested: KubeObject): boolean {
  return nested.metadata.labels?.[labels.managedBy] === managedBy.syncer;
}

function controllerOf(references: OwnerReference[] | undefined): OwnerReference | undefined {
  return references?.find((reference) => reference.controller) ?? references?.[0];
}
