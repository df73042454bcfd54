import {
  type Client,
  type Clock,
  changedObject,
  type KubeObject,
  type ResourceType,
  resources,
  type WatchCache,
} from "@inkube/kube";
import type { Principal } from "../auth/principal.ts";
import type { ImpersonatedClients } from "./impersonation.ts";
import { type GrantedNames, grantedNames, type Rule } from "./rules.ts";

/** A right as RBAC names it. */
export interface Right {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

export interface AccessOptions {
  /** The hub's own client, for reviews of others. */
  client: Client;
  clients: ImpersonatedClients;
  /** Roles and bindings: a change of them makes remembered verdicts void, one in a namespace those of that namespace. */
  rbac: readonly WatchCache[];
  clock: Clock;
}

/**
 * What a caller may do, asked of the Kubernetes API and remembered until a role or binding changes, for at most half a
 * minute: another authorizer than RBAC may think otherwise meanwhile. Right after a change for a second only: the API server may
 * hear of it later than the hub.
 */
export interface Access {
  may(principal: Principal, right: Right): Promise<boolean>;
  /** Which objects of a resource the caller may `verb` in one namespace: all, or those named. */
  named(principal: Principal, right: Omit<Right, "name"> & { namespace: string }): Promise<GrantedNames>;
  /** Calls back when verdicts have become void: those of a namespace, or all when it is absent. Returns how to stop. */
  onVoid(handler: (namespace: string | undefined) => void): () => void;
}

const rememberMs = 30_000;
/** How long after a change of roles the API server may still judge by the old ones. */
export const settlingMs = 2_000;
const rememberSettlingMs = 1_000;
const mostRemembered = 20_000;

const selfSubjectRulesReviews: ResourceType = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "selfsubjectrulesreviews",
  kind: "SelfSubjectRulesReview",
  namespaced: false,
};

export function createAccess(options: AccessOptions): Access {
  const { client, clients, rbac, clock } = options;
  const remembered = new Map<string, { until: number; namespace: string | undefined; answer: Promise<unknown> }>();
  const handlers = new Set<(namespace: string | undefined) => void>();
  let changedAt = Number.NEGATIVE_INFINITY;
  const forget = (namespace: string | undefined): void => {
    changedAt = clock.now();
    if (namespace === undefined) remembered.clear();
    else for (const [key, entry] of remembered) if (entry.namespace === namespace) remembered.delete(key);
    for (const handler of handlers) handler(namespace);
  };
  for (const cache of rbac) cache.onChange((change) => forget(changedObject(change).metadata.namespace));

  const remember = <T>(principal: Principal, what: { namespace?: string }, ask: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify([principal.user, principal.groups, what]);
    const known = remembered.get(key);
    if (known && known.until > clock.now()) return known.answer as Promise<T>;
    const answer = ask();
    if (remembered.size >= mostRemembered) remembered.clear();
    const now = clock.now();
    const until = now + (now - changedAt < settlingMs ? rememberSettlingMs : rememberMs);
    const entry = { until, namespace: what.namespace, answer };
    remembered.set(key, entry);
    answer.catch(() => remembered.get(key) === entry && remembered.delete(key));
    return answer;
  };

  return {
    may: (principal, right) => remember(principal, right, () => review(client, principal, right)),
    async named(principal, right) {
      const { namespace } = right;
      const what = { rules: true, namespace };
      const rules = await remember(principal, what, () => rulesIn(clients.clientFor(principal), namespace));
      return grantedNames(rules, right);
    },
    onVoid(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
}

async function review(client: Client, { user, groups }: Principal, right: Right): Promise<boolean> {
  const { group, ...attributes } = right;
  const answer = await client.create(resources.subjectaccessreviews, {
    metadata: { name: "" },
    spec: { user, groups, resourceAttributes: { group, ...attributes } },
  });
  return (answer.status as { allowed?: boolean } | undefined)?.allowed === true;
}

async function rulesIn(client: Client, namespace: string): Promise<Rule[]> {
  const review: KubeObject = { metadata: { name: "" }, spec: { namespace } };
  const answer = await client.create(selfSubjectRulesReviews, review);
  return (answer.status as { resourceRules?: Rule[] } | undefined)?.resourceRules ?? [];
}
