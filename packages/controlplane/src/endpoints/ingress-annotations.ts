import type { EndpointPolicy } from "./endpoint.ts";

type Controller = EndpointPolicy["ingress"]["controller"];

/** ingress-nginx must run with --enable-ssl-passthrough. With that, all its other annotations concern plain HTTP only. */
const nginx = {
  "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
  "nginx.ingress.kubernetes.io/ssl-passthrough": "true",
  "nginx.ingress.kubernetes.io/ssl-redirect": "true",
} as const;

/**
 * What on an Ingress asks a controller to pass TLS through. None for f5: neither F5 NGINX Ingress Controller nor BIG-IP
 * Container Ingress Services can do it by an Ingress.
 */
export const passthroughAnnotations: Readonly<Record<Exclude<Controller, "f5">, Readonly<Record<string, string>>>> = {
  nginx,
  // Its provider for Ingresses of nginx reads these; its own annotations know no passthrough.
  traefik: nginx,
  // Two controllers bear that name, and each ignores the other's annotation.
  haproxy: {
    "haproxy-ingress.github.io/ssl-passthrough": "true",
    "haproxy.org/ssl-passthrough": "true",
  },
};
