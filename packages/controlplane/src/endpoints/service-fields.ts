import { isIP } from "node:net";
import { ports } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { ServicePort } from "./endpoint.ts";

/** What a Service says on the host, as far as endpoints need it. */
interface LiveService {
  spec?: { clusterIP?: string; ports?: { port?: number; nodePort?: number }[] };
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } };
}

/** The port that is there with every type: the one of `default/kubernetes` inside. */
export const httpsPort: ServicePort = { name: "https", port: ports.apiService };

/** `https://host:port`, with brackets around an IPv6 address. */
export function httpsUrl(host: string, port: number = ports.apiService): string {
  return `https://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The URL by which the host itself reaches a nested API server, whatever its endpoint is. */
export function clusterUrl(service: KubeObject): string | undefined {
  const { clusterIP } = (service as LiveService).spec ?? {};
  return clusterIP && clusterIP !== "None" ? httpsUrl(clusterIP) : undefined;
}

/** The node port that leads to the API server. */
export function nodePortOf(service: KubeObject): number | undefined {
  return (service as LiveService).spec?.ports?.find(({ port }) => port === ports.apiService)?.nodePort;
}

/** Addresses and names that a controller gave an object of kind Service or Ingress, names first, in a stable order. */
export function ingressAddresses(object: KubeObject | undefined): string[] {
  const given = (object as LiveService | undefined)?.status?.loadBalancer?.ingress ?? [];
  const names = given.flatMap(({ hostname }) => (hostname ? [hostname] : [])).sort();
  const addresses = given.flatMap(({ ip }) => (ip ? [ip] : [])).sort();
  return [...new Set([...names, ...addresses])];
}
