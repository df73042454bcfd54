import { type Client, resources } from "@inkube/kube";
import { readJson } from "../host/read-json.ts";

interface ApiResource {
  name: string;
  namespaced: boolean;
}

/** One kind of request that an API server can be asked for. */
interface Request {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  namespaced: boolean;
}

const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
/** Verbs that no request is made with, but which give away rights. */
const special: readonly (readonly [group: string, resource: string, verb: string])[] = [
  ["rbac.authorization.k8s.io", "clusterroles", "bind"],
  ["rbac.authorization.k8s.io", "clusterroles", "escalate"],
  ["", "users", "impersonate"],
  ["", "groups", "impersonate"],
  ["", "serviceaccounts", "impersonate"],
];
/** What everybody may ask about himself. */
const aboutOneself = /^self/;

/**
 * Everything that a ServiceAccount may do with anything that the API server serves, as the server itself judges it: in a namespace
 * when one is given, else in all of them; of resources without a namespace in either case. Each as `get pods.` or `create pods/exec.`, sorted.
 */
export async function rightsOf(admin: Client, account: string, namespace?: string): Promise<string[]> {
  const requests = [
    ...(await servedRequests(admin)),
    ...special.map(([group, resource, verb]) => specialRequest(group, resource, verb)),
  ];
  const allowed: string[] = [];
  for (const request of requests) {
    const { verb, group, resource, subresource, namespaced } = request;
    const where = namespaced && namespace !== undefined ? { namespace } : {};
    if (await mayAccount(admin, account, { verb, group, resource, subresource, ...where })) {
      allowed.push(`${verb} ${resource}${subresource && `/${subresource}`}.${group}`);
    }
  }
  return allowed.sort();
}

/** Whether a ServiceAccount, `namespace:name`, may do one thing. */
export async function mayAccount(admin: Client, account: string, resourceAttributes: object): Promise<boolean> {
  const [namespace = ""] = account.split(":");
  const spec = {
    user: `system:serviceaccount:${account}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    resourceAttributes,
  };
  const review = await admin.create(resources.subjectaccessreviews, { metadata: { name: "" }, spec });
  return (review.status as { allowed: boolean }).allowed;
}

async function servedRequests(admin: Client): Promise<Request[]> {
  const { groups } = await readJson<{ groups: { name: string; preferredVersion: { groupVersion: string } }[] }>(
    admin,
    "/apis",
  );
  const paths = [
    ["", "/api/v1"],
    ...groups.map(({ name, preferredVersion }) => [name, `/apis/${preferredVersion.groupVersion}`]),
  ];
  const lists = await Promise.all(
    paths.map(async ([group = "", path = ""]) => {
      const { resources: served } = await readJson<{ resources: ApiResource[] }>(admin, path);
      return served.filter(({ name }) => !aboutOneself.test(name)).flatMap((one) => requestsFor(group, one));
    }),
  );
  return lists.flat();
}

function requestsFor(group: string, { name, namespaced }: ApiResource): Request[] {
  const [resource = "", subresource = ""] = name.split("/");
  return verbs.map((verb) => ({ verb, group, resource, subresource, namespaced }));
}

function specialRequest(group: string, resource: string, verb: string): Request {
  return { verb, group, resource, subresource: "", namespaced: false };
}
