import { randomUUID } from "node:crypto";
import type { Logger } from "@inkube/kube";
import { type FastifyInstance, fastify } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { answerFor, toAppError } from "./errors.ts";

export interface ServerOptions {
  /** PEM. Absent: plain HTTP, for tests only. */
  tls?: { certificate: string; key: string };
  logger: Logger;
}

/** The server with the types of its schemas. */
export type HubServer = ReturnType<typeof createServer>;

const bodyLimit = 1024 * 1024;
const headersTimeoutMs = 20_000;

/**
 * The HTTP server without any route. Every failure is answered in one form; one of our own is logged with the request's id
 * and told to nobody else.
 */
export function createServer({ tls, logger }: ServerOptions) {
  const server: FastifyInstance = fastify({
    ...(tls && { https: { cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" } }),
    bodyLimit,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300, caseSensitive: true },
    requestTimeout: 0,
    connectionTimeout: 0,
    logger: false,
    return503OnClosing: true,
    forceCloseConnections: true,
  } as object);
  server.server.headersTimeout = headersTimeoutMs;
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler((error, request, reply) => {
    const { status, answer } = answerFor(error, request.id);
    const known = toAppError(error);
    if (known.code === "INTERNAL") {
      const fields = { request: request.id, method: request.method, route: request.routeOptions.url };
      logger.error({ ...fields, error: known.message, stack: (error as Error).stack }, "Request failed");
    }
    void reply.code(status).type("application/json").send(JSON.stringify(answer));
  });
  server.setNotFoundHandler((request, reply) => {
    const { status, answer } = answerFor({ statusCode: 404 }, request.id);
    void reply.code(status).type("application/json").send(JSON.stringify(answer));
  });
  server.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    reply.header("cache-control", "no-store");
    reply.header("x-content-type-options", "nosniff");
    reply.header("strict-transport-security", "max-age=31536000");
  });
  return server.withTypeProvider<ZodTypeProvider>();
}
