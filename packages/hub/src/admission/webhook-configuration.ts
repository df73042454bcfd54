import { clusterGroups, hostClusters, labels, managedBy, names, nestedClusters } from "@inkube/api";
import { type KubeObject, type ResourceType, resources } from "@inkube/kube";

/** What the hub answers reviews about, and under which path. */
export const admissionPaths = {
  owners: "/admission/owners",
  clusters: "/admission/nestedclusters",
  hosts: "/admission/hostclusters",
  groups: "/admission/clustergroups",
  projects: "/admission/namespaces",
} as const;

/** How the API server reaches the hub. */
export interface WebhookTarget {
  /** `https://host:port`; absent: the hub's Service. */
  url?: string;
  /** Whom the API server trusts, PEM; absent: the authorities of its machine. */
  ca?: string;
  /** Last part of the paths: by it the hub knows the API server. */
  token: string;
}

type Operation = "CREATE" | "UPDATE" | "DELETE";

interface MatchCondition {
  name: string;
  expression: string;
}

/** Of Inkube's own programs, which must go on when the hub is away. */
const notOwn: MatchCondition = {
  name: "not-inkube-itself",
  expression: `!request.userInfo.username.startsWith("system:serviceaccount:${names.systemNamespace}:")`,
};

/** Finalizers, owner references and heartbeats are none of the hub's business. */
const changesSomething: MatchCondition = {
  name: "changes-something",
  expression: [
    'request.operation != "UPDATE"',
    "object.?spec != oldObject.?spec",
    "object.metadata.?labels != oldObject.metadata.?labels",
    "object.metadata.?annotations != oldObject.metadata.?annotations",
    "object.metadata.?deletionTimestamp != oldObject.metadata.?deletionTimestamp",
  ].join(" || "),
};

const own: readonly MatchCondition[] = [notOwn, changesSomething];

/**
 * The configurations that have the API server ask the hub. They fail closed: while the hub is away, what it would judge cannot be
 * created or changed. What keeps nested clusters running is not asked about: statuses, finalizers, the deletion of nested clusters,
 * and everything that Inkube's own programs do.
 */
export function webhookConfigurations(target: WebhookTarget): KubeObject[] {
  const webhook = (path: string, type: ResourceType, operations: Operation[], more: object = {}): object =>
    webhookOf(target, path, type, { operations, ...more });
  return [
    {
      ...header("MutatingWebhookConfiguration"),
      webhooks: [
        webhook(admissionPaths.owners, nestedClusters, ["CREATE", "UPDATE"], {
          name: "owners",
          reinvocationPolicy: "Never",
          matchConditions: own,
        }),
      ],
    },
    {
      ...header("ValidatingWebhookConfiguration"),
      webhooks: [
        webhook(admissionPaths.clusters, nestedClusters, ["CREATE", "UPDATE"], { matchConditions: own }),
        webhook(admissionPaths.hosts, hostClusters, ["UPDATE", "DELETE"], { matchConditions: own }),
        webhook(admissionPaths.groups, clusterGroups, ["CREATE", "UPDATE", "DELETE"], { matchConditions: own }),
        // The hub deletes projects with its own account, in the name of those whom it let: no exception for it here.
        webhook(admissionPaths.projects, resources.namespaces, ["DELETE"], {
          objectSelector: { matchLabels: { [labels.isProject]: "true" } },
        }),
      ],
    },
  ];
}

function header(kind: string): KubeObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind,
    metadata: { name: names.hub, labels: { [labels.managedBy]: managedBy.hub } },
  };
}

function webhookOf(
  target: WebhookTarget,
  path: string,
  type: ResourceType,
  { operations, name = type.plural, ...more }: { operations: Operation[]; name?: string },
): object {
  const { group, version, plural, namespaced } = type;
  return {
    name: `${name}.admission.inkube.dev`,
    admissionReviewVersions: ["v1"],
    clientConfig: clientConfig(target, `${path}/${target.token}`),
    rules: [
      {
        apiGroups: [group],
        apiVersions: [version],
        operations,
        resources: [plural],
        scope: namespaced ? "Namespaced" : "Cluster",
      },
    ],
    matchPolicy: "Equivalent",
    failurePolicy: "Fail",
    sideEffects: "None",
    timeoutSeconds: 5,
    namespaceSelector: {},
    objectSelector: {},
    ...more,
  };
}

function clientConfig({ url, ca }: WebhookTarget, path: string): object {
  const trust = ca === undefined ? {} : { caBundle: Buffer.from(ca).toString("base64") };
  if (url !== undefined) return { url: `${url}${path}`, ...trust };
  return { service: { namespace: names.systemNamespace, name: names.hubService, port: 443, path }, ...trust };
}
