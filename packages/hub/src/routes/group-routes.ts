import { clusterGroups } from "@inkube/api";
import { visibleGroups } from "../access/visible.ts";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { objectFilter } from "../view/filter.ts";
import { registerObjectRoutes } from "./object-routes.ts";

/** Cluster groups. */
export function groupRoutes(server: HubServer, context: HubContext): void {
  const { view } = context;
  registerObjectRoutes(server, context, {
    type: clusterGroups,
    tag: "cluster groups",
    listPath: "/api/v1/groups",
    path: "/api/v1/groups",
    cache: view.groups,
    visible: (principal) => visibleGroups(context, principal),
    query: {},
    filter: objectFilter,
    sorts: {
      name: (object) => object.metadata.name,
      created: (object) => object.metadata.creationTimestamp ?? "",
    },
  });
}
