import { AppError, type NestedCluster, nestedClusters, tunnelPaths } from "@inkube/api";
import { z } from "zod";
import { insideLevel } from "../access/inside.ts";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { proxyTarget } from "../tunnels/cluster-proxy.ts";
import { endpointKubeconfig, readBounded } from "../tunnels/endpoint-kubeconfig.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName } from "./schemas.ts";

/** Kubeconfigs of nested clusters: by their endpoint, or through the hub. */
export function kubeconfigRoutes(server: HubServer, context: HubContext): void {
  const { clients, access, settings } = context;
  server.route({
    method: "GET",
    url: "/api/v1/projects/:project/clusters/:name/kubeconfig",
    schema: {
      tags: ["nested clusters"],
      summary: "Get a kubeconfig",
      description:
        "via=endpoint: administrator by client certificate, straight to the endpoint. via=hub: as yourself, through the hub; the file holds no secret, kubectl asks the inkube program for one.",
      params: z.object({ project: pathName, name: pathName }),
      querystring: z.object({ via: z.enum(["endpoint", "hub"]).default("hub") }),
      response: { 200: z.object({ kubeconfig: z.string() }), ...errorAnswers },
    },
    handler: async (request) => {
      const { project, name } = request.params;
      const caller = callerOf(request);
      const cluster = (await clients.clientFor(caller).get(nestedClusters, { namespace: project, name })) as
        | NestedCluster
        | undefined;
      if (!cluster) throw new AppError("KUBE_NOT_FOUND", `There is no nested cluster ${name} in project ${project}`);
      if (request.query.via === "hub") return { kubeconfig: hubKubeconfig(settings, project, name) };
      if ((await insideLevel(access, caller, { project, name })) !== "admin") {
        throw new AppError(
          "KUBE_FORBIDDEN",
          "The administrator's kubeconfig is for administrators of the nested cluster",
          {
            todo: "Use --via hub, which lets you in as yourself.",
          },
        );
      }
      const { tunnel, headers } = await proxyTarget(context, caller, { project, name });
      const answer = await tunnel.request({
        method: "GET",
        path: tunnelPaths.kubeconfig,
        headers,
        signal: AbortSignal.timeout(30_000),
      });
      const content = await readBounded(answer.body);
      if (answer.status === 200) return { kubeconfig: endpointKubeconfig(content, name) };
      throw new AppError("CP_NOT_READY", `${project}/${name} has no endpoint yet`, { todo: "Wait until it is ready." });
    },
  });
}

function hubKubeconfig({ url, ca }: HubContext["settings"], project: string, name: string): string {
  const context = `${name}.${project}`;
  const cluster = {
    server: `${url}/clusters/${project}/${name}`,
    ...(ca && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
  };
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "inkube",
    args: ["token", "--hub", url],
    interactiveMode: "Never",
    installHint: "Install the inkube program and sign in with inkube login.",
  };
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: context, cluster }],
      users: [{ name: context, user: { exec } }],
      contexts: [{ name: context, context: { cluster: context, user: context } }],
      "current-context": context,
    },
    null,
    2,
  )}\n`;
}
