import { AppError, names } from "@inkube/api";
import { resources } from "@inkube/kube";
import { z } from "zod";
import { bearerToken, credentialOf } from "../auth/authenticate.ts";
import type { HubContext } from "../context.ts";
import type { HubServer } from "../server/server.ts";
import { errorAnswers } from "./route-context.ts";

const keyLifeMs = 90 * 24 * 60 * 60_000;

/** What the hub tells everybody, and the way in for the first administrator. */
export function openRoutes(server: HubServer, context: HubContext): void {
  const { credentials, client, clock } = context;
  server.route({
    method: "POST",
    url: "/api/v1/setup",
    schema: {
      tags: ["access"],
      summary: "Become the first administrator",
      description:
        "Sent with the one-time token of the Secret hub-first-admin as bearer token. Gives an API key; the token is dead then.",
      response: { 201: z.object({ token: z.string(), user: z.string(), expiresAt: z.string() }), ...errorAnswers },
    },
    handler: async (request, reply) => {
      const first = await credentialOf(bearerToken(request), credentials, ["first-admin"]);
      if (!(await credentials.spend(first.id, request.id))) {
        throw new AppError("GONE", "The first administrator's token was used already");
      }
      const expiresAt = new Date(clock.now() + keyLifeMs).toISOString();
      const { subject, groups } = first;
      const { token } = await credentials.issue({
        kind: "api-key",
        subject,
        groups,
        name: "first administrator",
        expiresAt,
      });
      await credentials.remove(first.id);
      await client.delete(resources.secrets, { namespace: names.systemNamespace, name: names.firstAdminSecret });
      return reply.code(201).send({ token, user: subject, expiresAt });
    },
  });
}
