import type { Distro } from "@inkube/api";

/** How Inkube is installed on a host. */
export interface InstallOptions {
  /** Image with the programs at /inkube. */
  image: string;
  imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  defaultDistro: Distro;
  defaultVersion: string;
  /** How nested API servers are reached unless they say otherwise. Default ClusterIP. */
  endpointType?: "ClusterIP" | "NodePort";
  /** Names and addresses by which node ports are reached; node addresses when absent. */
  endpointAddresses?: readonly string[];
  /** For the images of control planes. */
  images?: { registry?: string; pullSecret?: string };
  serviceCIDR?: string;
  /** Default info. */
  logLevel?: "debug" | "info" | "warn" | "error";
}
