import type { Distro, EndpointType } from "@inkube/api";

/** How Inkube is installed on a host. */
export interface InstallOptions {
  /** Image with the programs at /inkube. */
  image: string;
  imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  defaultDistro: Distro;
  defaultVersion: string;
  /** How nested API servers are reached unless they say otherwise. Default ClusterIP. */
  endpointType?: EndpointType;
  /** Names and addresses by which node ports are reached; node addresses when absent. */
  endpointAddresses?: readonly string[];
  /** For the images of control planes. */
  images?: { registry?: string; pullSecret?: string };
  serviceCIDR?: string;
  /** What the agent may do on the host. Default full. */
  access?: "full" | "read-only";
  /** The hub that the host joins. */
  hub?: HubOptions;
  /** Default info. */
  logLevel?: "debug" | "info" | "warn" | "error";
}

/** How an agent finds its hub, and gets out to it. */
export interface HubOptions {
  /** `https://host:port`. */
  url: string;
  /** One-time token of the import. */
  token: string;
  /** PEM; absent when public authorities signed the hub's certificate. */
  ca?: string;
  proxy?: {
    httpsProxy?: string | undefined;
    noProxy?: string | undefined;
    /** Authorities to trust beside the hub's own, PEM. */
    ca?: string | undefined;
  };
}
