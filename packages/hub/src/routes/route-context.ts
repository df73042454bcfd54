import { AppError } from "@inkube/api";
import type { FastifyRequest } from "fastify";
import { authenticate } from "../auth/authenticate.ts";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { errorAnswer } from "../server/errors.ts";
import type { HubServer } from "../server/server.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The caller; there once a route needs one. */
    principal?: Principal;
  }
}

/** Makes every route of the server need a caller, whose credential still counts when the body has arrived. */
export function requireCaller(server: HubServer, { credentials }: HubContext): void {
  server.addHook("onRequest", async (request) => {
    request.principal = await authenticate(request, credentials);
  });
  server.addHook("preHandler", async (request) => {
    if (credentials.hasEnded(callerOf(request).credential)) {
      throw new AppError("AUTH_REQUIRED", "The credential has ended meanwhile", { todo: "Sign in with inkube login." });
    }
  });
}

/** The caller. Throws when the route does not need one: a fault of ours. */
export function callerOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error("This route has no caller");
  return request.principal;
}

/** Schemas of the answers that any route may give. */
export const errorAnswers = { "4xx": errorAnswer, "5xx": errorAnswer } as const;
