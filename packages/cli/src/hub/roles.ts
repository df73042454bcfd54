const prefix = "inkube:";

/** The hub's roles by their short names; any other role is meant as it is written. */
export const projectRoles = ["nested-cluster-viewer", "nested-cluster-editor", "nested-cluster-admin", "project-admin"];
export const hubRoles = ["group-viewer", "group-editor", "group-admin", "host-viewer", "host-admin", "administrator"];
export const filterRoles = ["nested-cluster-viewer", "nested-cluster-editor"];

/** `inkube:project-admin` for `project-admin`; the hub says when there is no such role. */
export function roleName(text: string): string {
  return text.includes(":") ? text : `${prefix}${text}`;
}
