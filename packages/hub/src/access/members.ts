import { createHash } from "node:crypto";
import { AppError, fieldManagers, group, labels, managedBy } from "@inkube/api";
import { type KubeObject, type ResourceType, resources } from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { membersResource, type RoleDefinition, roleDefinitions } from "../install/roles.ts";

/** Who can be given a role. */
export interface Subject {
  kind: "User" | "Group";
  name: string;
}

/** Somebody who has a role in a project or, without one, in the whole hub. */
export interface Member {
  subject: Subject;
  role: string;
  /** False for bindings that were made in Kubernetes by hand: the hub shows them and leaves them alone. */
  managed: boolean;
}

type Context = Pick<HubContext, "access" | "client" | "view">;

const rbac = "rbac.authorization.k8s.io";

/**
 * Throws AppError KUBE_FORBIDDEN unless the caller has this right on members there, and KUBE_NOT_FOUND for a namespace that is no
 * project: bindings outside of projects are not the hub's to make.
 */
export async function mustManageMembers(
  { access, view }: Context,
  caller: Principal,
  verb: "list" | "update",
  project: string | undefined,
): Promise<void> {
  const right = { verb, group, resource: membersResource, ...(project !== undefined && { namespace: project }) };
  if (!(await access.may(caller, right))) {
    const place = project === undefined ? "the hub" : `project ${project}`;
    throw new AppError("KUBE_FORBIDDEN", `You may not ${verb === "list" ? "see" : "change"} the members of ${place}`, {
      todo: "Ask an administrator.",
    });
  }
  if (project !== undefined && !view.projects.get(project)) {
    throw new AppError("KUBE_NOT_FOUND", `There is no project ${project}`);
  }
}

/** Everybody with a role of the table there, by name. */
export async function listMembers({ client }: Context, project: string | undefined): Promise<Member[]> {
  const { items } = await client.list(typeOf(project), project === undefined ? {} : { namespace: project });
  return items
    .flatMap((binding) => (isOfTable(binding) ? membersOf(binding) : []))
    .sort((a, b) => compare(a.subject.name, b.subject.name) || compare(a.role, b.role));
}

/**
 * Gives somebody this role there, and takes the others that the hub gave him: a member has one. The new one comes first, so that
 * nobody is without rights in between; after an error in the middle he has both until it is repeated.
 */
export async function setMember(
  context: Context,
  project: string | undefined,
  subject: Subject,
  role: string,
  dryRun = false,
): Promise<Member> {
  const known = givable(project, role);
  const binding = bindingOf(project, subject, known);
  await context.client.apply(typeOf(project), binding, { fieldManager: fieldManagers.hub, force: true, dryRun });
  if (!dryRun) await removeMember(context, project, subject, { kept: binding.metadata.name });
  return { subject, role, managed: true };
}

/** Takes what the hub gave, but for the binding `kept`; false when there was nothing. */
export async function removeMember(
  { client }: Context,
  project: string | undefined,
  subject: Subject,
  { kept, dryRun = false }: { kept?: string; dryRun?: boolean } = {},
): Promise<boolean> {
  // Not looked up by what is in a list: the names of all bindings that there can be are known.
  const removed = await Promise.all(
    rolesOf(project).map(async (role) => {
      const binding = bindingOf(project, subject, role);
      const { name, namespace } = binding.metadata;
      if (name === kept) return false;
      const ref = { name, ...(namespace !== undefined && { namespace }) };
      return client.delete(typeOf(project), ref, { dryRun });
    }),
  );
  return removed.includes(true);
}

function givable(project: string | undefined, role: string): RoleDefinition {
  const known = rolesOf(project).find(({ name }) => name === role);
  if (known) return known;
  const names = rolesOf(project).map(({ name }) => name);
  throw new AppError(
    "SPEC_INVALID",
    `role: ${role} cannot be given ${project === undefined ? "in the hub" : "in a project"}`,
    {
      todo: `Use one of ${names.join(", ")}.`,
      details: [{ field: "role", message: `must be one of ${names.join(", ")}` }],
    },
  );
}

function rolesOf(project: string | undefined): readonly RoleDefinition[] {
  const scope = project === undefined ? "hub" : "project";
  return roleDefinitions.filter((role) => role.scope === scope);
}

function typeOf(project: string | undefined): ResourceType {
  return project === undefined ? resources.clusterrolebindings : resources.rolebindings;
}

/** Subjects may have any letters, so the name is a hash of role, kind and subject, which JSON keeps apart. */
function bindingOf(project: string | undefined, subject: Subject, { name: role }: RoleDefinition): KubeObject {
  const hash = createHash("sha256")
    .update(JSON.stringify([role, subject.kind, subject.name]))
    .digest("hex");
  return {
    apiVersion: `${rbac}/v1`,
    kind: typeOf(project).kind,
    metadata: {
      name: `inkube-member-${hash.slice(0, 40)}`,
      ...(project !== undefined && { namespace: project }),
      labels: { [labels.managedBy]: managedBy.hub },
    },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: rbac, kind: subject.kind, name: subject.name }],
  };
}

/** Of any scope: what was bound by hand counts, and is shown. */
function isOfTable(binding: KubeObject): boolean {
  const { kind, name } = (binding.roleRef ?? {}) as { kind?: string; name?: string };
  return kind === "ClusterRole" && roleDefinitions.some((role) => role.name === name);
}

function membersOf(binding: KubeObject): Member[] {
  const { name: role = "" } = (binding.roleRef ?? {}) as { name?: string };
  const subjects = (binding.subjects ?? []) as { kind: string; name: string }[];
  const isMade = binding.metadata.labels?.[labels.managedBy] === managedBy.hub;
  const managed = isMade && binding.metadata.name.startsWith("inkube-member-");
  return subjects.flatMap(({ kind, name }) =>
    kind === "User" || kind === "Group" ? [{ subject: { kind, name }, role, managed }] : [],
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
