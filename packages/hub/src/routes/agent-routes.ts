import { AppError, agentPaths, type HostCluster, hostClusters, isAppError, names, type Report } from "@inkube/api";
import type { KubeObject } from "@inkube/kube";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { bearerToken, credentialOf } from "../auth/authenticate.ts";
import type { HubContext } from "../context.ts";
import type { Credential } from "../credentials/credential.ts";
import { holdFinalizer } from "../hosts/finalizer.ts";
import { mustBeNewEnough } from "../hosts/host-version.ts";
import { createTurns } from "../hosts/report-turns.ts";
import { takeReport } from "../hosts/reports.ts";
import { createWantedFeed } from "../hosts/wanted-feed.ts";
import { createWantedStreams } from "../hosts/wanted-streams.ts";
import { createRateLimit } from "../limits/rate-limit.ts";
import { answerHeaders } from "../server/answer-headers.ts";
import { hangUpSignal } from "../server/hang-up-signal.ts";
import type { HubServer } from "../server/server.ts";
import { errorAnswers } from "./route-context.ts";
import { pathName } from "./schemas.ts";

const joinBody = z.object({
  id: z.string().regex(/^[a-z2-7]{16}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  agentVersion: z.string().max(64),
  version: z.string().max(64),
});

const looseObject = z.record(z.string(), z.unknown());
const reportBody = z.object({
  host: looseObject.optional(),
  clusters: z
    .array(
      z.object({
        project: pathName,
        name: pathName,
        uid: z.string().max(64),
        status: looseObject.optional(),
        gone: z.boolean().optional(),
      }),
    )
    .max(1000)
    .optional(),
  removed: z.boolean().optional(),
});

/** What agents of imported hosts use. A host's credential opens nothing else, and these routes take no other. */
export function agentRoutes(server: HubServer, context: HubContext): void {
  registerJoin(server, context);
  registerWanted(server, context);
  registerReport(server, context);
}

function registerWanted(server: HubServer, context: HubContext): void {
  const { view, credentials, replicas, clock } = context;
  const streams = createWantedStreams(createWantedFeed(view), replicas, clock);
  server.route({
    method: "GET",
    url: agentPaths.wanted,
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: async (request, reply) => {
      const credential = await hostCredential(request, context);
      const life = credentials.lifeOf(credential);
      try {
        await Promise.all([view.clusters.whenSynced(), view.hosts.whenSynced()]);
        reply.hijack();
        reply.raw.writeHead(200, { ...answerHeaders, "content-type": "application/x-ndjson" });
        await streams.send(credential.subject, reply.raw, life.signal);
      } finally {
        life.release();
      }
    },
  });
}

/** When all hosts come back at once, the Kubernetes API must have room for the rest of the hub's work, its Lease first of all. */
const reportsAtOnce = 16;

function registerReport(server: HubServer, context: HubContext): void {
  const limit = createRateLimit({
    clock: context.clock,
    burst: 200,
    perSecond: 20,
    tooMany: "Too many reports of this host",
  });
  const turns = createTurns(reportsAtOnce);
  server.route({
    method: "POST",
    url: agentPaths.report,
    schema: {
      hide: true,
      body: reportBody,
      response: { 200: z.object({ refused: z.array(z.string()) }), ...errorAnswers },
    },
    bodyLimit: 8 * 1024 * 1024,
    // Before the body is read: nobody else may have the hub read that much.
    onRequest: async (request) => limit.take((await hostCredential(request, context)).subject),
    handler: async (request, reply) => {
      const { subject } = await hostCredential(request, context);
      const report = request.body as Report;
      const signal = hangUpSignal(reply.raw);
      return { refused: await turns.run(subject, signal, () => takeReport(context, subject, report, signal)) };
    },
  });
}

function registerJoin(server: HubServer, context: HubContext): void {
  const { credentials, client } = context;
  server.route({
    method: "POST",
    url: agentPaths.join,
    schema: { hide: true, body: joinBody, response: { 200: z.object({ host: z.string() }), ...errorAnswers } },
    handler: async (request) => {
      const token = bearerToken(request);
      const bootstrap = await credentialOf(token, credentials, ["import"]).catch((error: unknown) => {
        // Only a token that does not count makes the agent give up.
        if (!isAppError(error, "AUTH_REQUIRED")) throw error;
        throw new AppError("GONE", "The token of this import does not count any more", {
          todo: "Get a new command with inkube host import.",
          cause: error,
        });
      });
      const { id, hash, version } = request.body;
      const host = (await client.get(hostClusters, { name: bootstrap.subject })) as HostCluster | undefined;
      if (!host) throw new AppError("GONE", `There is no host ${bootstrap.subject} any more`);
      await mustBeNewEnough(context, host, version);
      if (!(await credentials.spend(bootstrap.id, `${id}:${hash}`))) {
        throw new AppError("GONE", "The token of this import was used already", {
          todo: "Get a new command with inkube host import.",
        });
      }
      // From now on removing the host waits until its agent has left. The hub's own host goes with the hub.
      if (bootstrap.subject !== names.localHost)
        await holdFinalizer(client, hostClusters, host as unknown as KubeObject);
      await replaceHostCredential(context, bootstrap, { id, hash });
      return { host: bootstrap.subject };
    },
  });
}

/** From now on only the newest credential of the host counts. */
async function replaceHostCredential(
  { credentials, logger }: HubContext,
  { subject }: Credential,
  { id, hash }: { id: string; hash: string },
): Promise<void> {
  if (!credentials.get(id)) {
    await credentials.register({ kind: "host", subject, name: subject, id, hash }).catch((error: { code?: string }) => {
      if (error.code !== "alreadyExists") throw error;
    });
    logger.info({ host: subject, credential: id }, "Host joined");
  }
  await credentials.removeAll("host", subject, id);
}

/** The host's own credential. Throws AppError AUTH_REQUIRED. */
export function hostCredential(request: FastifyRequest, { credentials }: HubContext): Promise<Credential> {
  return credentialOf(bearerToken(request), credentials, ["host"]);
}
