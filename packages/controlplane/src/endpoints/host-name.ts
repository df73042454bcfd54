import type { EndpointInput } from "./endpoint.ts";
import { httpsUrl } from "./service-fields.ts";

/** Longest DNS name that an Ingress or a route may carry. */
const maxLength = 253;

/**
 * The DNS name of one nested cluster under its host's wildcard, `<name>.<project>.<suffix>`. Undefined when the host has no
 * wildcard, or when the name would be too long for DNS.
 */
export function endpointHostName({ cluster, endpointPolicy }: EndpointInput): string | undefined {
  if (!endpointPolicy.domain) return undefined;
  const name = `${cluster.name}.${cluster.project}.${endpointPolicy.domain.replace(/^\*\./, "")}`;
  return name.length > maxLength ? undefined : name;
}

/** The URL by that name. */
export function hostNameUrl(input: EndpointInput): string | undefined {
  const name = endpointHostName(input);
  return name === undefined ? undefined : httpsUrl(name, input.endpointPolicy.port);
}

/** That name for the API server's certificate: clients verify it, as TLS ends there. */
export function hostNames(input: EndpointInput): string[] {
  const name = endpointHostName(input);
  return name === undefined ? [] : [name];
}
