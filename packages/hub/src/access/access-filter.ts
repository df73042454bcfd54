import { AppError, labels, managedBy, names, nestedClusters, reservedPrefix } from "@inkube/api";
import { type Client, isKubeError, type KubeObject, resources } from "@inkube/kube";
import { createOnce } from "../idempotency/create-once.ts";
import { labelFilter } from "../view/filter.ts";
import type { Subject } from "./members.ts";

/** Rights on those nested clusters whose labels fit. */
export interface AccessFilter {
  name: string;
  /** As for lists: `claims`, `team=claims`, `team!=x`, `!old`, joined by commas; case-sensitive. */
  selector: string;
  /** Name of a role of {@link filterRoles}. */
  role: string;
  subjects: readonly Subject[];
  /** Only in these projects; absent: in all. */
  projects?: readonly string[];
}

/** Roles that can be given by filter: what they say of nested clusters, and nothing else of them. */
export const filterRoles = ["inkube:nested-cluster-viewer", "inkube:nested-cluster-editor"] as const;

/** On ConfigMaps that hold a filter, and on what is made of it; the value is the hash of its name. */
export const accessFilterLabel = `${reservedPrefix}access-filter`;

const namespace = names.systemNamespace;

/**
 * As it is kept: a ConfigMap of the hub's namespace, where only the hub and the cluster's administrators write. Durable and
 * watchable without a definition of its own; what it means is checked by the hub before it is written.
 */
export function toConfigMap(filter: AccessFilter): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: configMapName(filter.name),
      namespace,
      labels: { [accessFilterLabel]: "true", [labels.managedBy]: managedBy.hub },
    },
    data: { filter: JSON.stringify(filter) },
  };
}

/** Undefined when somebody else made it, or damaged it: it grants nothing then. */
export function fromConfigMap({ metadata, data }: KubeObject): AccessFilter | undefined {
  try {
    const filter = JSON.parse((data as { filter?: string } | undefined)?.filter ?? "") as Partial<AccessFilter>;
    const whole =
      typeof filter.name === "string" &&
      metadata.name === configMapName(filter.name) &&
      typeof filter.selector === "string" &&
      filterRoles.some((role) => role === filter.role) &&
      Array.isArray(filter.subjects);
    labelFilter(filter.selector ?? "");
    return whole ? (filter as AccessFilter) : undefined;
  } catch {
    return undefined;
  }
}

function configMapName(name: string): string {
  return `access-filter-${name}`;
}

export async function listFilters(client: Client): Promise<AccessFilter[]> {
  const { items } = await client.list(resources.configmaps, { namespace, labelSelector: accessFilterLabel });
  return items.flatMap((item) => fromConfigMap(item) ?? []);
}

/** The filter, and whether it was made now. Throws AppError KUBE_ALREADY_EXISTS for a name that is taken by another. */
export async function createFilter(
  client: Client,
  filter: AccessFilter,
  options: { dryRun: boolean; mark: string | undefined },
): Promise<{ filter: AccessFilter; fresh: boolean }> {
  try {
    const { object, fresh } = await createOnce(client, resources.configmaps, toConfigMap(filter), options);
    return { filter: fromConfigMap(object) ?? filter, fresh };
  } catch (error) {
    if (!isKubeError(error, "alreadyExists")) throw error;
    throw new AppError("KUBE_ALREADY_EXISTS", `There is already an access filter ${filter.name}`, {
      todo: "Choose another name, or delete it first.",
    });
  }
}

/** False when there is none. */
export function deleteFilter(client: Client, name: string, options: { dryRun: boolean }): Promise<boolean> {
  return client.delete(resources.configmaps, { namespace, name: configMapName(name) }, options);
}

/** The kind of object that filters are about. */
export const filteredType = nestedClusters;
