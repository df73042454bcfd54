import { clusterGroups, group, hostClusters, nestedClusters } from "@inkube/api";
import type { Rule } from "../access/rules.ts";

const read = ["get", "list", "watch"];
const all = [...read, "create", "update", "patch", "delete"];
const change = [...read, "update", "patch"];

/** Resources that only the hub knows: it asks the Kubernetes API about them, as about any other. */
export const projectsResource = "projects";
export const membersResource = "members";
export const auditResource = "audit";
/** What holds for the whole hub: the quota of each user. */
export const settingsResource = "settings";
/** Verbs on `nestedclusters/access`: what a caller is inside, when he comes through the hub. */
export const accessSubresource = "access";

/** Where a role can be given: in one project, or for the whole hub. */
export type RoleScope = "project" | "hub";

export interface RoleDefinition {
  /** Name of the ClusterRole. */
  name: string;
  scope: RoleScope;
  description: string;
  rules: Rule[];
}

function rule(resources: string[], verbs: string[]): Rule {
  return { apiGroups: [group], resources, verbs };
}

const clusters = nestedClusters.plural;
const inside = (verb: "admin" | "edit" | "view"): Rule => rule([`${clusters}/${accessSubresource}`], [verb]);
const events: Rule = { apiGroups: [""], resources: ["events"], verbs: read };

const clusterViewer = [rule([clusters], read), rule([projectsResource], ["get", "list"]), events];
const clusterEditor = [...clusterViewer, rule([clusters], change), inside("edit")];
const clusterAdmin = [...clusterViewer, rule([clusters], all), inside("admin")];

/** The roles that can be given to people. What each may do is said by its rules alone; the Kubernetes API enforces them. */
export const roleDefinitions: readonly RoleDefinition[] = [
  {
    name: "inkube:nested-cluster-viewer",
    scope: "project",
    description: "Sees the nested clusters of a project, and what runs in them.",
    rules: [...clusterViewer, inside("view")],
  },
  {
    name: "inkube:nested-cluster-editor",
    scope: "project",
    description: "Also changes nested clusters: resizes, pauses. Creates and deletes none.",
    rules: clusterEditor,
  },
  {
    name: "inkube:nested-cluster-admin",
    scope: "project",
    description: "Creates, changes and deletes nested clusters of a project; administrator inside them.",
    rules: clusterAdmin,
  },
  {
    name: "inkube:project-admin",
    scope: "project",
    description: "Everything in a project, its members included.",
    rules: [
      ...clusterAdmin,
      rule([projectsResource], ["get", "list", "update"]),
      rule([membersResource], all),
      auditRule(),
    ],
  },
  {
    name: "inkube:group-viewer",
    scope: "hub",
    description: "Sees cluster groups and hosts.",
    rules: [rule([clusterGroups.plural, hostClusters.plural], read)],
  },
  {
    name: "inkube:group-editor",
    scope: "hub",
    description: "Also changes cluster groups. Creates and deletes none.",
    rules: [rule([clusterGroups.plural], change), rule([hostClusters.plural], read)],
  },
  {
    name: "inkube:group-admin",
    scope: "hub",
    description: "Creates, changes and deletes cluster groups.",
    rules: [rule([clusterGroups.plural], all), rule([hostClusters.plural], read)],
  },
  {
    name: "inkube:host-viewer",
    scope: "hub",
    description: "Sees hosts.",
    rules: [rule([hostClusters.plural], read)],
  },
  {
    name: "inkube:host-admin",
    scope: "hub",
    description: "Imports, changes and removes hosts.",
    rules: [rule([hostClusters.plural], all)],
  },
  {
    name: "inkube:administrator",
    scope: "hub",
    description: "Everything in the hub: hosts, groups, projects and their members.",
    rules: [
      rule(
        [clusters, clusterGroups.plural, hostClusters.plural, projectsResource, membersResource, settingsResource],
        all,
      ),
      inside("admin"),
      auditRule(),
      events,
    ],
  },
];

function auditRule(): Rule {
  return rule([auditResource], ["get", "list"]);
}
