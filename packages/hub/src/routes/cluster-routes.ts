import { type NestedCluster, nestedClusters } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { z } from "zod";
import { visibleClusters } from "../access/visible.ts";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { clusterFilter } from "../view/filter.ts";
import { registerObjectRoutes } from "./object-routes.ts";
import { pathName } from "./schemas.ts";

const asCluster = (object: KubeObject): NestedCluster => object as unknown as NestedCluster;

/** Nested clusters of every project and host. */
export function clusterRoutes(server: HubServer, context: HubContext): void {
  const { view, access } = context;
  registerObjectRoutes(server, context, {
    type: nestedClusters,
    tag: "nested clusters",
    listPath: "/api/v1/clusters",
    path: "/api/v1/projects/:project/clusters",
    cache: view.clusters,
    visible: (principal) => visibleClusters(access, view, principal),
    query: {
      project: pathName.optional(),
      host: pathName.optional(),
      group: pathName.optional(),
      phase: z.enum(["Pending", "Provisioning", "Ready", "Degraded", "Deleting", "Failed"]).optional(),
    },
    filter: clusterFilter,
    candidates({ host, project, group }) {
      if (host !== undefined) return view.clusters.byIndex("host", host);
      if (project !== undefined) return view.clusters.byIndex("project", project);
      return group === undefined ? view.clusters.list() : view.clusters.byIndex("group", group);
    },
    sorts: {
      name: (object) => object.metadata.name,
      project: (object) => object.metadata.namespace ?? "",
      created: (object) => object.metadata.creationTimestamp ?? "",
      phase: (object) => asCluster(object).status?.phase ?? "",
      host: (object) => asCluster(object).status?.host ?? "",
      group: (object) => asCluster(object).spec.group ?? "",
    },
  });
}
