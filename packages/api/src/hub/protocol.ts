/**
 * What the hub and the agent of an imported host say to each other over HTTPS. The agent always begins.
 * @module
 */

/** Paths of the hub that agents use. */
export const agentPaths = {
  /** POST {@link JoinRequest}, with the one-time token of the import. */
  join: "/agent/v1/join",
  /** GET: lines of JSON, {@link WantedLine}, that go on for ever. */
  wanted: "/agent/v1/wanted",
  /** POST {@link Report}. */
  report: "/agent/v1/report",
  /** WebSocket, on which the hub sends requests to the agent. */
  tunnel: "/agent/v1/tunnel",
} as const;

/** Registers the credential that the agent made for itself. Sent again with the same one it changes nothing. */
export interface JoinRequest {
  /** Names the credential; a part of the agent's own token. */
  id: string;
  /** sha256 of its secret, hex. */
  hash: string;
  agentVersion: string;
  /** Kubernetes version of the host. */
  version: string;
}

export interface JoinAnswer {
  /** Name of the HostCluster in the hub. */
  host: string;
}

/** One line of what is wanted of a host. */
export type WantedLine =
  | { type: "host"; spec: Record<string, unknown>; removing: boolean }
  | {
      type: "cluster";
      project: string;
      name: string;
      uid: string;
      /** Of the object in the hub; reports speak of it. */
      generation: number;
      labels?: Record<string, string>;
      annotations?: Record<string, string>;
      spec: Record<string, unknown>;
      deleting: boolean;
    }
  /** It is not there any more, in the hub. */
  | { type: "gone"; project: string; name: string; uid: string }
  /** The hub's ready replicas by name, to each of which the agent keeps a tunnel; told at first and when they change. */
  | { type: "replicas"; names: string[] }
  /** Everything that is wanted was told. */
  | { type: "synced" }
  /** The connection lives; one every ten seconds. */
  | { type: "beat" };

/** What is true on a host. */
export interface Report {
  /** HostClusterStatus; also the heartbeat. */
  host?: Record<string, unknown>;
  clusters?: ClusterReport[];
  /** The agent took itself off the host. */
  removed?: boolean;
}

export interface ClusterReport {
  project: string;
  name: string;
  /** Of the object in the hub. */
  uid: string;
  /** NestedClusterStatus as on the host. */
  status?: Record<string, unknown>;
  /** Nothing of it is left on the host. */
  gone?: boolean;
}

/** Headers of a request that the hub sends through the tunnel to a nested API server. */
export const tunnelHeaders = {
  /** Namespace of the NestedCluster. */
  project: "inkube-project",
  cluster: "inkube-cluster",
  /** Uid of the object in the hub: a cluster of the same name that was made again is another one. */
  uid: "inkube-uid",
} as const;

/**
 * Paths beside those of Kubernetes, below {@link ownPaths}, that the agent itself answers for a nested cluster. Only the hub asks for
 * them: it passes no caller's request on to one.
 */
export const tunnelPaths = {
  /** The administrator's kubeconfig of the endpoint. */
  kubeconfig: "/inkube/kubeconfig",
  /** Certificate of the authority that signed its API server's, PEM. */
  ca: "/inkube/ca",
} as const;

/** What {@link tunnelPaths} begin with. */
export const ownPaths = "/inkube/";

/** A line longer than this is refused, bytes. */
export const wantedLineLimit = 1024 * 1024;
/** How often a connection without news says that it lives. */
export const beatMs = 10_000;
