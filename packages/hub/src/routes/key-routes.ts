import { AppError } from "@inkube/api";
import { z } from "zod";
import type { HubContext } from "../context.ts";
import { type Credential, refusalOf } from "../credentials/credential.ts";
import { idempotencyHeaders, idempotencyMark } from "../idempotency/mark.ts";
import type { HubServer } from "../server/server.ts";
import { keyLimitSetting } from "../settings/key-limit.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { writeQuery } from "./schemas.ts";

const dayMs = 24 * 60 * 60_000;

const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    createdAt: z.string(),
    expiresAt: z.string().optional(),
    revokedAt: z.string().optional(),
    state: z.enum(["active", "expired", "revoked"]),
  })
  .meta({ id: "APIKey" });

const keyId = z.object({ id: z.string().regex(/^[a-z2-7]{16}$/) });

/** The caller's own API keys. A key is told once, when it is made. */
export function keyRoutes(server: HubServer, context: HubContext): void {
  const { client, credentials, clock } = context;
  const shown = (credential: Credential): z.output<typeof apiKey> => {
    const { id, name, description, createdAt, expiresAt, revokedAt } = credential;
    const state = refusalOf(credential, clock.now()) ?? "active";
    return {
      id,
      name,
      description,
      createdAt,
      state,
      ...(expiresAt && { expiresAt }),
      ...(revokedAt && { revokedAt }),
    };
  };
  const own = (id: string, user: string): Credential => {
    const key = credentials.get(id);
    if (key?.kind === "api-key" && key.subject === user) return key;
    throw new AppError("KUBE_NOT_FOUND", `You have no API key ${id}`, {
      todo: "See which there are with inkube key list.",
    });
  };

  server.route({
    method: "GET",
    url: "/api/v1/me",
    schema: {
      tags: ["access"],
      summary: "Who the caller is",
      response: {
        200: z.object({ user: z.string(), groups: z.array(z.string()), expiresAt: z.string().optional() }),
        ...errorAnswers,
      },
    },
    handler: async (request) => {
      const { user, groups, credential } = callerOf(request);
      return { user, groups: [...groups], ...(credential.expiresAt && { expiresAt: credential.expiresAt }) };
    },
  });
  server.route({
    method: "GET",
    url: "/api/v1/keys",
    schema: {
      tags: ["API keys"],
      summary: "List your API keys",
      response: { 200: z.object({ items: z.array(apiKey) }), ...errorAnswers },
    },
    handler: async (request) => ({ items: credentials.list("api-key", callerOf(request).user).map(shown) }),
  });
  server.route({
    method: "POST",
    url: "/api/v1/keys",
    schema: {
      tags: ["API keys"],
      summary: "Make an API key",
      description:
        "Sent again with the same Idempotency-Key, it replaces the API key that it made: the token is told once, and may not have arrived.",
      querystring: writeQuery,
      headers: idempotencyHeaders,
      body: z.object({
        name: z.string().min(1).max(100),
        description: z.string().max(1000).default(""),
        days: z.number().int().min(1).max(366).default(90).describe("Until it expires."),
      }),
      response: {
        200: apiKey.omit({ id: true }).describe("It was only checked."),
        201: apiKey.extend({ token: z.string().describe("Told only now.") }),
        ...errorAnswers,
      },
    },
    handler: async (request, reply) => {
      const caller = callerOf(request);
      const { user, groups } = caller;
      const { name, description, days } = request.body;
      const mark = idempotencyMark(caller, request.headers, name);
      const { perUser } = await keyLimitSetting.read(client);
      const active = credentials
        .list("api-key", user)
        .filter((key) => !refusalOf(key, clock.now()) && (mark === undefined || key.mark !== mark));
      if (active.length >= perUser) {
        const message = `You have ${active.length} API keys already, of ${perUser} that each user may have`;
        throw new AppError("KUBE_FORBIDDEN", message, { todo: "Delete one first." });
      }
      if (active.some((key) => key.name === name)) {
        throw new AppError("KUBE_ALREADY_EXISTS", `You have an API key named ${name} already`, {
          todo: "Choose another name.",
        });
      }
      const expiresAt = new Date(clock.now() + days * dayMs).toISOString();
      if (request.query.dryRun) {
        const createdAt = new Date(clock.now()).toISOString();
        return reply.code(200).send({ name, description, createdAt, expiresAt, state: "active" as const });
      }
      const { credential, token } = await credentials.issue({
        kind: "api-key",
        subject: user,
        groups: ownGroups(groups),
        name,
        description,
        expiresAt,
        ...(mark !== undefined && { mark }),
      });
      return reply.code(201).send({ ...shown(credential), token });
    },
  });
  server.route({
    method: "POST",
    url: "/api/v1/keys/:id/revoke",
    schema: {
      tags: ["API keys"],
      summary: "Revoke an API key",
      params: keyId,
      querystring: writeQuery,
      response: { 200: apiKey, ...errorAnswers },
    },
    handler: async (request) => {
      const key = own(request.params.id, callerOf(request).user);
      if (!request.query.dryRun) await credentials.revoke(key.id);
      return shown({ ...key, revokedAt: key.revokedAt ?? new Date(clock.now()).toISOString() });
    },
  });
  server.route({
    method: "DELETE",
    url: "/api/v1/keys/:id",
    schema: {
      tags: ["API keys"],
      summary: "Delete an API key",
      params: keyId,
      querystring: writeQuery,
      response: { 200: z.object({ deleted: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request) => {
      const { id } = own(request.params.id, callerOf(request).user);
      if (!request.query.dryRun) await credentials.remove(id);
      return { deleted: true as const };
    },
  });
}

/** Groups that the hub adds to every caller are not a key's own. */
function ownGroups(groups: readonly string[]): string[] {
  return groups.filter((group) => group !== "system:authenticated");
}
