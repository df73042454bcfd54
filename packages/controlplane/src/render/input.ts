import type { Distro, EndpointType, NestedClusterSpec } from "@inkube/api";
import type { EndpointPolicy } from "../endpoints/endpoint.ts";
import type { KeyPair } from "../pki/certificate.ts";
import type { Pki } from "../pki/pki.ts";

/** Whose control plane it is. */
export interface ClusterIdentity {
  project: string;
  name: string;
  uid: string;
  /** Host namespace that holds everything. */
  hostNamespace: string;
}

/** What the host is like, as far as a control plane has to know. */
export interface HostFacts {
  /** Range of ClusterIPs, `10.96.0.0/16`, two of them joined by a comma on dual-stack hosts. */
  serviceCIDR: string;
  /** Ranges of pod addresses when they are known; other nested clusters live in them. */
  podCIDRs?: readonly string[];
  /** ClusterIP of the Service `inkube-syncer`. */
  syncerClusterIP: string;
  /** Image of Inkube's own programs, for a dedicated syncer. */
  programImage: string;
  programPullPolicy?: string;
}

/** Everything that is known before any object is made. */
export interface ControlPlaneInput {
  cluster: ClusterIdentity;
  spec: NestedClusterSpec;
  /** The effective choices: the spec's own, or the host's defaults. */
  distro: Distro;
  version: string;
  endpointType: EndpointType;
  /** The host's, with node addresses filled in. */
  endpointPolicy: EndpointPolicy;
  registry?: string;
  /** Name of the pull secret in the host namespace. */
  pullSecret?: string;
  /**
   * A dedicated syncer still runs although the specification says shared: it keeps what it works with until its pod is gone,
   * so that the shared one cannot begin beside it.
   */
  dedicatedSyncerLeaving?: true;
  host: HostFacts;
}

/** What is known once the Service has its addresses and the certificates are issued. */
export interface ControlPlaneSecrets {
  /** ClusterIP of the Service `control-plane`. */
  clusterIP: string;
  /** `https://host:port` of the endpoint; absent while it has no address. */
  endpointUrl?: string;
  /** Every name on the API server's certificate. */
  serverNames: readonly string[];
  pki: Pki;
  /** Client certificate at the tunnel; its CN is the host namespace. */
  egress: KeyPair;
  /** Certificate of the internal authority; its key stays with the agent. */
  internalCa: string;
  /** Serving certificate of a dedicated syncer's tunnel. */
  syncerTls?: KeyPair;
}

/** Both, for handlers that need everything. */
export type RenderInput = ControlPlaneInput & ControlPlaneSecrets;
