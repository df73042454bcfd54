/** API group and version of every object that Inkube defines. */
export const group = "inkube.dev";
export const version = "v1alpha1";
export const apiVersion = `${group}/${version}` as const;

/**
 * Label keys. On what the agent makes: managedBy, cluster, project (on the namespace also clusterUid); on what the
 * syncer makes: managedBy, cluster, namespace. Tenants cannot set keys under this prefix on host objects.
 */
export const labels = {
  managedBy: "inkube.dev/managed-by",
  /** Name of the nested cluster. */
  cluster: "inkube.dev/cluster",
  /** Namespace of the NestedCluster object. */
  project: "inkube.dev/project",
  /** UID of the NestedCluster that owns a host namespace. */
  clusterUid: "inkube.dev/cluster-uid",
  component: "inkube.dev/component",
  /** Namespace inside the nested cluster. */
  namespace: "inkube.dev/namespace",
  /** On a namespace of the hub that is a project; the value is `true`. */
  isProject: "inkube.dev/is-project",
  /** On Secrets of the hub that hold the hash of a credential; the value is its kind. */
  credential: "inkube.dev/credential",
} as const;

/** Values of `labels.managedBy`. */
export const managedBy = { agent: "agent", syncer: "syncer", hub: "hub" } as const;

/** Annotation keys on host objects that the syncer makes: whose copy it is, in plain words; `paused` is for people. */
export const annotations = {
  name: "inkube.dev/name",
  namespace: "inkube.dev/namespace",
  uid: "inkube.dev/uid",
  kind: "inkube.dev/kind",
  ownerKind: "inkube.dev/owner-kind",
  ownerName: "inkube.dev/owner-name",
  /** sha256 of the object as wanted when it was last applied. */
  appliedHash: "inkube.dev/applied-hash",
  /** On the claim of a datastore: when the host's scheduler was last asked to look again at the pod that waits for it. */
  schedulerAsked: "inkube.dev/scheduler-asked",
  /** Any value stops reconciliation of the object. */
  paused: "inkube.dev/paused",
  /** User who created a nested cluster; quotas per user count by it. Written at admission. */
  owner: "inkube.dev/owner",
  /** On a host that a hub manages: uid of the object in the hub that this one mirrors. */
  hubUid: "inkube.dev/hub-uid",
  /** Beside it: generation of that object which this one was made like. */
  hubGeneration: "inkube.dev/hub-generation",
  /** What people say of a project. */
  description: "inkube.dev/description",
  /** Of the create that made the object, so that sending it again makes no other. */
  idempotencyKey: "inkube.dev/idempotency-key",
} as const;

/** The prefix that belongs to Inkube in labels and annotations. */
export const reservedPrefix = "inkube.dev/";

/** Field managers of server-side apply. */
export const fieldManagers = {
  agent: "inkube-agent",
  syncer: "inkube-syncer",
  cli: "inkube-cli",
  hub: "inkube-hub",
  /** The hub, for what it sees of endpoints: an apply takes away what the same manager applied before and leaves out. */
  hubEndpoints: "inkube-hub-endpoints",
  mirror: "inkube-mirror",
} as const;

/** Finalizer that the agent holds on a NestedCluster until nothing of it is left on the host. */
export const finalizer = "inkube.dev/nested-cluster";

/** Finalizer that the hub holds on a NestedCluster until its host said that nothing of it is left there. */
export const placementFinalizer = "inkube.dev/placement";
