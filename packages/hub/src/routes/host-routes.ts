import { AppError, group, type HostCluster, hostClusters, parseToken } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import { z } from "zod";
import { visibleShared } from "../access/visible.ts";
import type { HubContext } from "../context.ts";
import { importCommands } from "../hosts/import-command.ts";
import { importManifest } from "../hosts/import-manifest.ts";
import { type ProxySettings, proxySchema } from "../hosts/proxy-schema.ts";
import { ineligible } from "../placement/eligibility.ts";
import type { HubServer } from "../server/server.ts";
import { objectFilter } from "../view/filter.ts";
import { registerObjectRoutes } from "./object-routes.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { pathName, writeQuery } from "./schemas.ts";

const importLifeMs = 24 * 60 * 60_000;

/** Hosts: those that the hub knows, and the commands by which more join. */
export function hostRoutes(server: HubServer, context: HubContext): void {
  const { view, access, clock } = context;
  registerObjectRoutes(server, context, {
    type: hostClusters,
    tag: "hosts",
    listPath: "/api/v1/hosts",
    path: "/api/v1/hosts",
    cache: view.hosts,
    visible: (principal) => visibleShared(access, view, principal, hostClusters),
    query: {
      eligible: z
        .enum(["true", "false"])
        .optional()
        .describe("true: only hosts on which nested clusters can be placed now; false: only the others."),
    },
    filter(query) {
      const ordinary = objectFilter(query);
      const isEligible = (object: KubeObject): boolean =>
        ineligible(object as unknown as HostCluster, object.metadata.name, clock.now()) === undefined;
      const { eligible } = query;
      return (object) => ordinary(object) && (eligible === undefined || isEligible(object) === (eligible === "true"));
    },
    sorts: {
      name: (object) => object.metadata.name,
      created: (object) => object.metadata.creationTimestamp ?? "",
    },
  });
  registerImportCommand(server, context);
}

function registerImportCommand(server: HubServer, context: HubContext): void {
  const { access, client, credentials, clock, settings } = context;
  server.route({
    method: "POST",
    url: "/api/v1/hosts/:name/import",
    schema: {
      tags: ["hosts"],
      summary: "Get the command that lets a cluster join as this host",
      description:
        "Commands from before stop counting. Applying it again on a host that has joined changes its access mode.",
      params: z.object({ name: pathName }),
      querystring: writeQuery,
      body: proxySchema,
      response: {
        200: z.object({ accepted: z.literal(true) }).describe("It was only checked."),
        201: z.object({
          command: z.string().describe("To be run with kubectl where the cluster's administrator is."),
          alternative: z
            .string()
            .optional()
            .describe("The same where the hub's certificate is not trusted by the machine."),
          url: z.string(),
          expiresAt: z.string(),
        }),
        ...errorAnswers,
      },
    },
    handler: async (request, reply) => {
      const { name } = request.params as { name: string };
      if (!(await access.may(callerOf(request), { verb: "update", group, resource: hostClusters.plural, name }))) {
        throw new AppError("KUBE_FORBIDDEN", "You may not import hosts", { todo: "Ask an administrator of the hub." });
      }
      if (!(await client.get(hostClusters, { name }))) throw new AppError("KUBE_NOT_FOUND", `There is no host ${name}`);
      if (request.query.dryRun) return reply.code(200).send({ accepted: true as const });
      await credentials.removeAll("import", name);
      const expiresAt = new Date(clock.now() + importLifeMs).toISOString();
      const description = JSON.stringify(request.body satisfies ProxySettings);
      const { token } = await credentials.issue({ kind: "import", subject: name, name, description, expiresAt });
      return reply.code(201).send({ ...importCommands(settings, token), expiresAt });
    },
  });
}

/** What an import command fetches. The token in its path is the credential: there is no other caller. */
export function importRoutes(server: HubServer, context: HubContext): void {
  const { credentials, client, settings } = context;
  server.route({
    method: "GET",
    url: "/import/:token",
    schema: { hide: true, params: z.object({ token: z.string().max(200) }) },
    handler: async (request, reply) => {
      const { token } = request.params as { token: string };
      const verdict = await credentials.verify(token, ["import"]);
      const known = verdict.ok ? verdict.credential : undefined;
      if (!known && (parseToken(token) === undefined || (!verdict.ok && verdict.why === "unknown"))) {
        throw new AppError("KUBE_NOT_FOUND", "There is nothing at this address");
      }
      const host = known && ((await client.get(hostClusters, { name: known.subject })) as HostCluster | undefined);
      if (!known || known.usedFor !== undefined || !host) {
        throw new AppError("GONE", "This import was used already, or has expired", {
          todo: "Get a new command with inkube host import.",
        });
      }
      const manifest = await importManifest(host, settings, token, JSON.parse(known.description) as ProxySettings);
      return reply.type("application/yaml").send(manifest);
    },
  });
}
