import type { KubeObject, ResourceType } from "@inkube/kube";
import type { ClusterIdentity } from "../cluster-view.ts";

export interface PolicyRule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Another nested object that an object needs on the host. */
export interface Reference {
  kind: "configmaps" | "secrets" | "persistentvolumeclaims";
  namespace: string;
  name: string;
  /** The pod starts without it. */
  optional: boolean;
}

/** A token that a pod asked for through a projected volume. */
export interface TokenClaim {
  /** Key of the pod's token Secret. */
  key: string;
  audiences: string[];
  expirationSeconds: number;
}

/** Read access to the nested cluster's and the host's state, for pure functions. Everything answers from synced caches. */
export interface KindContext {
  readonly cluster: ClusterIdentity;
  readonly clusterDomain: string;
  /** ClusterIP of the control plane's host Service; what `kubernetes.default` resolves to inside. */
  readonly apiServerIP: string;
  /** ClusterIP of the nested `kube-system/kube-dns` Service, "" while it is not known. */
  readonly dnsIP: string;
  /** Name of a nested object's copy on the host. */
  hostName(name: string, namespace: string): string;
  nested(kind: string, name: string, namespace?: string): KubeObject | undefined;
  nestedList(kind: string, namespace?: string): Iterable<KubeObject>;
  host(kind: string, name: string): KubeObject | undefined;
  /** True while some live nested pod (or annotation) uses this ConfigMap, Secret or claim. */
  isUsed(kind: Reference["kind"], namespace: string, name: string): boolean;
}

/** Whether an object belongs on the host now; `reason` is a sentence for `inkube explain` and for events. */
export type Decision = { sync: true } | { sync: false; reason: string; wait?: boolean };

/** A change that the host's state calls for inside. Applied by the engine in order, against this nested uid only. */
export type NestedWrite =
  | { verb: "patch"; subresource?: string; body: object }
  | { verb: "bind"; node: string }
  | { verb: "delete"; gracePeriodSeconds?: number };

/**
 * How one kind goes from a nested cluster to the host: data and pure functions. The engine does the rest (watch, queue, diff,
 * apply, verified delete, retry, events, metrics).
 */
export interface ToHostKind {
  readonly direction: "toHost";
  readonly kind: string;
  readonly type: ResourceType;
  /** What the syncer's identity needs in the host namespace of a nested cluster. */
  readonly hostRules: PolicyRule[];
  decide(nested: KubeObject, context: KindContext): Decision;
  /** Objects that must be on the host before this one. */
  references(nested: KubeObject): Reference[];
  /** Tokens that must be in the object's token Secret before it is created. */
  tokens(nested: KubeObject): TokenClaim[];
  /**
   * The object as wanted on the host. Its metadata is what comes from the nested object: the host name and namespace, the labels and
   * annotations that may pass, and annotations of ours that this kind needs. The engine adds the labels and annotations that every
   * synced object carries, and keeps what is here. Deterministic; never throws on an object that the nested API accepted.
   */
  toHost(nested: KubeObject, context: KindContext): KubeObject;
  /**
   * `apply`: server-side apply of the whole wanted object, skipped while its hash is unchanged.
   * `create`: created once; later changes go through `update`.
   */
  readonly write: "apply" | "create";
  /**
   * For `create` kinds: the patches, in order, that bring a live host object to what is wanted (`toHost` plus the engine's marks).
   * Empty: nothing to do. `inkube.dev/applied-hash` is not looked at: what is wanted of a created object may change where the host
   * object cannot.
   */
  update?(host: KubeObject, wanted: KubeObject): { subresource?: string; type: "merge" | "strategic"; body: object }[];
  /** What the nested object must take over from its live host copy. */
  fromHost(host: KubeObject, nested: KubeObject, context: KindContext): NestedWrite[];
  /** The host object vanished though the nested one is live: `recreate` it, or `delete` the nested one (a pod is not resurrected). */
  onHostGone(nested: KubeObject): "recreate" | "delete";
  /** Changes of other nested objects after which objects of this kind must be looked at again. */
  readonly triggers?: Trigger[];
}

/**
 * One nested kind whose state another kind's decision or translation reads. The engine keeps a cache of it, also when nothing is
 * affected by its changes.
 */
export interface Trigger {
  /** Plural of the watched nested kind. */
  kind: string;
  /** The objects to look at again. */
  affected(changed: KubeObject, context: KindContext): Iterable<{ namespace: string; name: string }>;
}

/** A kind whose objects the host owns and nested clusters see: nodes, storage classes. */
export interface FromHostKind {
  readonly direction: "fromHost";
  readonly kind: string;
  readonly type: ResourceType;
  readonly hostRules: PolicyRule[];
  /**
   * The object as wanted inside; undefined when tenants must not see it. Name stays the same. Written by server-side apply, so that
   * labels and taints which a tenant adds stay.
   */
  toNested(host: KubeObject, context: KindContext): KubeObject | undefined;
  /** Status is written through the subresource. */
  readonly hasStatus: boolean;
}

export type SyncKind = ToHostKind | FromHostKind;

/**
 * A host Event as the tenant sees it (see events.ts, `toNestedEvent`): about the nested object, in the tenant's terms. Undefined when
 * the Event is not about a live synced object of this cluster. The result has the final name and namespace; apply it as it is.
 */
export type EventTranslation = (event: KubeObject, context: KindContext) => KubeObject | undefined;
