import { fieldManagers, names } from "@inkube/api";
import {
  type Client,
  type Clock,
  type Controller,
  changedObject,
  createController,
  createWatchCache,
  type KubeObject,
  type Logger,
  resources,
  sourceOf,
  type WatchCache,
} from "@inkube/kube";
import type { FleetView } from "../view/fleet-view.ts";
import { accessFilterLabel, fromConfigMap } from "./access-filter.ts";
import { type FilterGrant, grantsIn } from "./filter-grants.ts";

export interface FilterControllerOptions {
  client: Client;
  view: FleetView;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** A controller with the caches that it alone needs. */
export interface FilterController {
  start(): void;
  stop(): Promise<void>;
}

interface Made {
  roles: WatchCache;
  bindings: WatchCache;
}

/**
 * Turns access filters into Roles that name objects, one a filter and project, so that the Kubernetes API itself enforces them, however
 * a caller comes. They follow the labels; one that somebody changed by hand is set right.
 */
export function createFilterController(options: FilterControllerOptions): FilterController {
  const { view, clock, logger } = options;
  const filters = createWatchCache({
    ...options,
    type: resources.configmaps,
    namespace: names.systemNamespace,
    labelSelector: accessFilterLabel,
  });
  const cacheOf = (type: typeof resources.roles): WatchCache =>
    createWatchCache({
      ...options,
      type,
      labelSelector: accessFilterLabel,
      indexes: { project: ({ metadata }) => [metadata.namespace ?? ""] },
    });
  const made: Made = { roles: cacheOf(resources.roles), bindings: cacheOf(resources.rolebindings) };
  const projects = (): string[] => [...view.projects.list()].map(({ metadata }) => metadata.name);
  const namespaceOf = (object: KubeObject): string[] => [object.metadata.namespace ?? ""];
  const controller: Controller = createController({
    name: "access-filters",
    sources: [
      sourceOf(filters, projects),
      sourceOf(view.projects, (change) => [changedObject(change).metadata.name]),
      sourceOf(view.clusters, (change) => {
        const same = change.type === "modified" && sameLabels(change.previous, change.object);
        return same ? [] : namespaceOf(changedObject(change));
      }),
      ...[made.roles, made.bindings].map((cache) => sourceOf(cache, (change) => namespaceOf(changedObject(change)))),
    ],
    reconcile: async (project) => {
      const known = [...filters.list()].flatMap((object) => fromConfigMap(object) ?? []);
      const namespace = view.projects.get(project);
      // Nothing can be made in one that is being deleted.
      const isProject = namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;
      await settle(
        options.client,
        made,
        project,
        isProject ? grantsIn(project, view.clusters.byIndex("project", project), known) : [],
      );
      return undefined;
    },
    clock,
    logger,
  });
  const caches = [filters, made.roles, made.bindings];
  return {
    start() {
      for (const cache of caches) cache.start();
      controller.start();
    },
    async stop() {
      await controller.stop();
      await Promise.all(caches.map((cache) => cache.stop()));
    },
  };
}

/** What is too much goes first: whoever lost a label must not wait for what others gain. */
async function settle(client: Client, { roles, bindings }: Made, project: string, wanted: readonly FilterGrant[]) {
  const kept = new Set(wanted.map(({ role }) => role.metadata.name));
  for (const cache of [bindings, roles]) {
    for (const { metadata } of cache.byIndex("project", project)) {
      if (!kept.has(metadata.name)) await client.delete(cache.type, { namespace: project, name: metadata.name });
    }
  }
  const applied = { fieldManager: fieldManagers.hub, force: true };
  for (const { role, binding } of wanted) {
    if (!saysTheSame(roles, role, "rules")) await client.apply(roles.type, role, applied);
    if (!saysTheSame(bindings, binding, "subjects")) await client.apply(bindings.type, binding, applied);
  }
}

function saysTheSame(cache: WatchCache, wanted: KubeObject, field: "rules" | "subjects"): boolean {
  const there = cache.get(wanted.metadata.name, wanted.metadata.namespace);
  return there !== undefined && canonical(there[field]) === canonical(wanted[field]);
}

/** Servers write the members of an object in another order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function sameLabels(a: KubeObject, b: KubeObject): boolean {
  return canonical(a.metadata.labels ?? {}) === canonical(b.metadata.labels ?? {});
}
