import { type Client, resources } from "@inkube/kube";
import { eventually } from "./eventually.ts";

const rbac = "rbac.authorization.k8s.io";

/** Binds a ClusterRole to a user, in a project or for the whole hub; resolves when the API server goes by it. */
export async function bindRole(admin: Client, role: string, user: string, project?: string): Promise<void> {
  const type = project === undefined ? resources.clusterrolebindings : resources.rolebindings;
  await admin.create(type, {
    metadata: { name: `${role}-${user}`.replaceAll(":", "-"), ...(project !== undefined && { namespace: project }) },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
    subjects: [{ apiGroup: rbac, kind: "User", name: user }],
  });
  const right = { ...(await someRightOf(admin, role)), namespace: project };
  await eventually(async () => {
    const spec = { user, resourceAttributes: right };
    const review = await admin.create(resources.subjectaccessreviews, { metadata: { name: "" }, spec });
    if (!(review.status as { allowed: boolean }).allowed) throw new Error(`${user} does not have ${role} yet`);
  });
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

async function someRightOf(admin: Client, role: string): Promise<object> {
  const rules = (await admin.get(resources.clusterroles, { name: role }))?.rules as Rule[] | undefined;
  const rule = rules?.find((one) => one.resources !== undefined);
  if (!rule) throw new Error(`${role} allows nothing that could be asked for`);
  return {
    group: rule.apiGroups?.[0],
    resource: rule.resources?.[0],
    name: rule.resourceNames?.[0],
    verb: rule.verbs[0],
  };
}
