import type { EndpointType, HostClusterSpec, NestedClusterSpec } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ClusterIdentity } from "../render/input.ts";

/** How a host lets nested API servers be reached: the `endpoint` of its HostCluster. */
export type EndpointPolicy = HostClusterSpec["endpoint"];

/** What an endpoint is made from. */
export interface EndpointInput {
  cluster: ClusterIdentity;
  spec: NestedClusterSpec;
  /** The effective type: the specification's own, or the host's. */
  endpointType: EndpointType;
  endpointPolicy: EndpointPolicy;
}

export interface ServicePort {
  name: string;
  port: number;
  nodePort?: number;
}

/** What a type asks of the Service `control-plane`, whose selector and address stay the same whatever the type is. */
export interface ServiceExposure {
  type: "ClusterIP" | "NodePort" | "LoadBalancer";
  ports: readonly ServicePort[];
  annotations?: Readonly<Record<string, string>>;
  /** Further members of the Service's `spec`. */
  fields?: Readonly<Record<string, unknown>>;
}

/** One way to reach a nested API server. Every member is pure. */
export interface EndpointDefinition {
  service(input: EndpointInput): ServiceExposure;
  /** What is made beside the Service, under its name. Objects of extensions come in the newest version that is known. */
  objects(input: EndpointInput): KubeObject[];
  /** `https://host:port` that people use; undefined while there is no address, or when it is known elsewhere only. */
  url(input: EndpointInput, service: KubeObject): string | undefined;
  /** What of this way must be in the API server's certificate, as far as it is known. */
  serverNames(input: EndpointInput, service: KubeObject): string[];
}
