import { AppError, type NestedCluster, ownPaths, tunnelHeaders } from "@inkube/api";
import type { Tunnel } from "@inkube/tunnel";
import { impersonationText } from "../access/impersonation-text.ts";
import { insideGroup, insideLevel } from "../access/inside.ts";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { tunnelTo } from "./host-tunnel.ts";

/** Where requests to one nested cluster go, and as whom. */
export interface ProxyTarget {
  tunnel: Tunnel;
  headers: Record<string, string>;
}

/** Below this the API of one nested cluster is served: `/clusters/<project>/<name>/…`. */
export const clustersPath = "/clusters/";

const pathPattern =
  /^\/clusters\/([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)\/([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\/[^#]*)?$/;

/**
 * Takes apart the path of a request to a nested cluster; `path` is what its API server is asked. Undefined also for what its agent
 * itself would answer: whoever may look inside could otherwise ask for the administrator's kubeconfig.
 */
export function parseClusterPath(url: string): { project: string; name: string; path: string } | undefined {
  const [, project, , name, , rest] = pathPattern.exec(url) ?? [];
  if (!project || !name || rest?.startsWith(ownPaths)) return undefined;
  return { project, name, path: rest ?? "/" };
}

/**
 * Finds the tunnel to the host of a nested cluster and says who the caller is inside. Headers of the caller that would speak for
 * somebody else are never passed on. Throws AppError: not there, not allowed, host away.
 */
export async function proxyTarget(
  context: HubContext,
  principal: Principal,
  { project, name }: { project: string; name: string },
): Promise<ProxyTarget> {
  const { access, view } = context;
  const level = await insideLevel(access, principal, { project, name });
  const object = view.clusters.get(name, project) as NestedCluster | undefined;
  // Whoever may not look inside learns no more from this answer than from any other name.
  if (!level)
    throw new AppError("KUBE_FORBIDDEN", `You have no access to nested cluster ${project}/${name}`, {
      todo: "Ask an administrator of the project.",
    });
  if (!object) throw new AppError("KUBE_NOT_FOUND", `There is no nested cluster ${name} in project ${project}`);
  const host = object.status?.host;
  if (host === undefined)
    throw new AppError("CP_NOT_READY", `${project}/${name} is not on any host yet`, {
      todo: "Wait until it is ready.",
    });
  return {
    tunnel: await tunnelTo(context, host),
    headers: {
      [tunnelHeaders.project]: project,
      [tunnelHeaders.cluster]: name,
      [tunnelHeaders.uid]: object.metadata.uid ?? "",
      "impersonate-user": impersonationText(principal.user),
      "impersonate-group": insideGroup(level),
    },
  };
}

const ofCaller = /^(authorization|cookie|host|impersonate-.*|inkube-.*|x-forwarded-.*|x-remote-.*|forwarded)$/;
const ofConnection = /^(connection|expect|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/;

/** The caller's headers without those that say who he is or where he comes from, or are about his connection alone. */
export function passedOn(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const entries = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !ofCaller.test(name) && !ofConnection.test(name),
  );
  return Object.fromEntries(entries) as Record<string, string | string[]>;
}
