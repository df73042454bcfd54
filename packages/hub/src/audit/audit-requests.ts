import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { bearerToken } from "../auth/authenticate.ts";
import type { HubContext } from "../context.ts";
import { answerFor } from "../server/errors.ts";
import type { HubServer } from "../server/server.ts";
import { createAnonymousLimit } from "./anonymous-limit.ts";
import { type AnswerFacts, answerFacts, peek } from "./answer-facts.ts";
import { type AuditActor, actorOf, auditEntry, nobody, noteHeader, noteOf } from "./audit-entry.ts";
import { type AuditDeclaration, type AuditedAction, auditedRequest } from "./audited-request.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the audit log says of this route; `false`: nothing. Without it the method and path decide. */
    audit?: AuditDeclaration | false;
  }
  interface FastifyRequest {
    /** Who acts, for routes without a caller: set by those that sign people in. */
    auditActor?: AuditActor;
    /** Whether nothing is changed, for routes that know more than the query says. */
    auditDryRun?: boolean;
  }
}

type Context = Pick<HubContext, "audit" | "credentials" | "clock" | "logger">;

/**
 * Puts every request that may change something into the audit log before its answer is sent, whatever route takes it, refusals and
 * unknown paths included. While the log cannot be written, such requests are refused before anything is done.
 */
export function auditRequests(server: HubServer, context: Context): void {
  const { audit } = context;
  const mayRecordAnonymous = createAnonymousLimit(context);
  const recorded = new WeakSet<FastifyRequest>();
  const addresses = new WeakMap<FastifyRequest, string>();
  // A connection that is gone has no address any more.
  server.addHook("onRequest", async (request) => void addresses.set(request, request.ip ?? ""));
  server.addHook("preHandler", async (request) => {
    if (!actionOf(request)) return;
    await audit.ready();
    request.auditActor ??= await initialActor(request, context);
  });
  server.addHook("onSend", async (request, reply, payload) => {
    const action = actionOf(request);
    if (!action || recorded.has(request)) return payload;
    recorded.add(request);
    const actor = request.principal
      ? actorOf(request.principal.credential)
      : (request.auditActor ?? actorOf(undefined));
    if (actor.actor === nobody && reply.statusCode >= 400 && !mayRecordAnonymous()) return payload;
    const { facts, answer } = await factsOf(action, reply, payload, context);
    const outcome = {
      status: reply.statusCode,
      facts,
      requestId: request.id,
      sourceAddress: addresses.get(request) ?? "",
    };
    const note = noteOf(request.headers[noteHeader]);
    try {
      await audit.record(auditEntry(request.method, action, actor, { ...outcome, note }));
      return answer;
    } catch (error) {
      // What was refused changed nothing, and is told as it was.
      return reply.statusCode >= 400 ? answer : refuse(reply, answer, answerFor(error, request.id));
    }
  });
}

function actionOf(request: FastifyRequest): AuditedAction | undefined {
  const { method, url, params, query, body, headers, routeOptions } = request;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0;
  const { url: route, config } = routeOptions;
  const action = auditedRequest({ method, url, params, query, body, hasBody, route, declared: config.audit });
  return action && { ...action, dryRun: request.auditDryRun ?? action.dryRun };
}

/** One-time credentials are gone when the answer is sent, so they are looked at before. */
async function initialActor(request: FastifyRequest, { credentials }: Context): Promise<AuditActor> {
  const token = bearerToken(request);
  if (request.principal || token === undefined) return actorOf(request.principal?.credential);
  const verdict = await credentials.verify(token, ["first-admin", "import"]);
  return actorOf(verdict.ok ? verdict.credential : undefined);
}

async function factsOf(
  action: AuditedAction,
  reply: FastifyReply,
  payload: unknown,
  { clock }: Context,
): Promise<{ facts: AnswerFacts; answer: unknown }> {
  if (typeof payload === "string") return { facts: answerFacts(payload), answer: payload };
  const wanted = reply.statusCode >= 400 || action.name === undefined;
  if (!(payload instanceof Readable) || !wanted || reply.hasHeader("content-encoding")) {
    return { facts: {}, answer: payload };
  }
  const { text, stream } = await peek(payload, clock);
  return { facts: answerFacts(text), answer: stream };
}

function refuse(
  reply: FastifyReply,
  answer: unknown,
  { status, answer: refusal }: ReturnType<typeof answerFor>,
): string {
  if (answer instanceof Readable) answer.destroy();
  for (const name of ["content-length", "content-encoding", "transfer-encoding", "location", "set-cookie"]) {
    reply.removeHeader(name);
  }
  reply.code(status).type("application/json");
  return JSON.stringify(refusal);
}
