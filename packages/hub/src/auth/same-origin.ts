import { AppError } from "@inkube/api";
import type { FastifyRequest } from "fastify";
import { clustersPath } from "../tunnels/cluster-proxy.ts";

/** Header with any value that a page of another site cannot send without asking first. */
export const csrfHeader = "x-inkube-csrf";

type Asked = Pick<FastifyRequest, "headers"> & Partial<Pick<FastifyRequest, "method" | "routeOptions">>;

/**
 * Refuses what another site may have made a browser send: a request that its cookie authenticates and that changes something, or
 * switches protocols, or is answered by what runs in a nested cluster. The last so that a page which a pod serves below
 * `/clusters/` can never be opened as if it were the hub's own. Throws AppError KUBE_FORBIDDEN.
 */
export function refuseForged(request: Asked): void {
  if (onlyReads(request) || request.headers[csrfHeader] !== undefined || isSameOrigin(request)) return;
  throw new AppError("KUBE_FORBIDDEN", "This request does not say that it comes from the hub's own pages", {
    todo: `Send the header ${csrfHeader}: 1, or an API key as bearer token instead of the cookie.`,
  });
}

/** Whatever is not known to be harmless is not: an upgrade has neither method nor route here. */
function onlyReads({ method, routeOptions }: Asked): boolean {
  const route = routeOptions?.url;
  return (method === "GET" || method === "HEAD") && route !== undefined && !route.startsWith(clustersPath);
}

function isSameOrigin({ headers }: Asked): boolean {
  const origin = URL.parse(headers.origin ?? "");
  return (
    origin !== null && origin.host !== "" && origin.host === URL.parse(`${origin.protocol}//${headers.host}`)?.host
  );
}
