import { randomUUID } from "node:crypto";
import { AppError } from "@inkube/api";
import type { Logger } from "@inkube/kube";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { answerHeaders } from "./answer-headers.ts";
import { answerClientError } from "./client-errors.ts";
import { answerFor, toAppError } from "./errors.ts";
import { takeJsonBodies } from "./json-bodies.ts";
import { bodyLimit, type ServerLimits, serverLimits } from "./limits.ts";
import { retryHeaders } from "./retry-after.ts";

export interface ServerOptions {
  /** PEM. Absent: plain HTTP, for tests only. */
  tls?: { certificate: string; key: string };
  /** Others than usual, for tests that cannot wait. */
  limits?: Partial<ServerLimits>;
  logger: Logger;
}

/** The server with the types of its schemas. */
export type HubServer = ReturnType<typeof createServer>;

/**
 * The HTTP server without any route. Every failure is answered in one form; one of our own is logged with the request's id
 * and told to nobody else.
 */
export function createServer({ tls, limits: others, logger }: ServerOptions) {
  const limits = { ...serverLimits, ...others };
  const { handshakeTimeout, keepAliveTimeout, requestTimeout, maxConnections, ...connection } = limits;
  const secure = tls && { cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2", handshakeTimeout };
  const server: FastifyInstance = fastify({
    ...(secure ? { https: { ...connection, ...secure } } : { http: connection }),
    bodyLimit,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300, caseSensitive: true },
    requestTimeout,
    keepAliveTimeout,
    connectionTimeout: 0,
    logger: false,
    return503OnClosing: true,
    forceCloseConnections: true,
    clientErrorHandler: answerClientError,
    // The router's own refusals, which would say the address again.
    frameworkErrors: (_error: unknown, request: { id: string }, reply: FastifyReply) =>
      refuse(reply, new AppError("USAGE", "The address cannot be understood"), request.id),
  } as object);
  server.server.maxConnections = maxConnections;
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  takeJsonBodies(server);
  server.setErrorHandler((error, request, reply) => {
    const known = toAppError(error);
    if (known.code === "INTERNAL") {
      const fields = { request: request.id, method: request.method, route: request.routeOptions.url };
      logger.error({ ...fields, error: known.message, stack: (error as Error).stack }, "Request failed");
    }
    refuse(reply, error, request.id);
  });
  server.setNotFoundHandler((request, reply) => refuse(reply, { statusCode: 404 }, request.id));
  server.addHook("onRequest", async (request, reply) => {
    reply.headers(answerHeaders).header("x-request-id", request.id);
  });
  return server.withTypeProvider<ZodTypeProvider>();
}

function refuse(reply: FastifyReply, error: unknown, requestId: string): void {
  const { status, answer } = answerFor(error, requestId);
  const headers = { ...answerHeaders, ...retryHeaders(toAppError(error)) };
  void reply.code(status).headers(headers).type("application/json").send(JSON.stringify(answer));
}
