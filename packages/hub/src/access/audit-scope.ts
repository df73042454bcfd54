import { AppError, group } from "@inkube/api";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { auditResource } from "../install/roles.ts";
import type { AuditRecord } from "../store/index.ts";

/** What of the audit log a caller may see. */
export interface AuditScope {
  /** Only entries of these projects; absent: all entries. */
  projects?: string[];
  isVisible(record: AuditRecord): boolean;
  /** The same in parts, each a project from a time on; always one at least, so that there is something to answer. */
  parts: readonly { project?: string; since: number }[];
}

/**
 * Everything for those who may list `audit` in the whole hub; for others the projects where they may, and of these only what
 * happened since the project was made: one of the same name before it was somebody else's. Throws AppError KUBE_FORBIDDEN when
 * `wanted` is not among them.
 */
export async function auditScope(
  { access, view }: Pick<HubContext, "access" | "view">,
  principal: Principal,
  wanted?: string,
): Promise<AuditScope> {
  const right = { verb: "list", group, resource: auditResource };
  if (await access.may(principal, right)) {
    const projects = wanted === undefined ? {} : { projects: [wanted] };
    return {
      ...projects,
      isVisible: () => true,
      parts: [{ since: 0, ...(wanted !== undefined && { project: wanted }) }],
    };
  }
  const candidates = [...view.projects.list()].filter(
    ({ metadata }) => wanted === undefined || metadata.name === wanted,
  );
  const since = new Map<string, number>();
  await Promise.all(
    candidates.map(async ({ metadata: { name: namespace, creationTimestamp = "" } }) => {
      const born = Date.parse(creationTimestamp);
      if (await access.may(principal, { ...right, namespace })) since.set(namespace, Number.isNaN(born) ? 0 : born);
    }),
  );
  if (wanted !== undefined && !since.has(wanted)) {
    throw new AppError("KUBE_FORBIDDEN", `You may not see the audit log of project ${wanted}`, {
      todo: "Ask an administrator of the project.",
    });
  }
  const parts = [...since].map(([project, time]) => ({ project, since: time }));
  return {
    projects: [...since.keys()],
    isVisible: ({ project, time }) => time >= (since.get(project ?? "") ?? Number.POSITIVE_INFINITY),
    // No project has an empty name: the answer is then the header of the CSV alone.
    parts: parts.length > 0 ? parts : [{ project: "", since: 0 }],
  };
}
