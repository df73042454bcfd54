import { AppError, group } from "@inkube/api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { actorOf } from "../audit/audit-entry.ts";
import { bearerToken, cookieToken } from "../auth/authenticate.ts";
import { clearCookie, sessionCookie, setCookie } from "../auth/cookies.ts";
import { localPath } from "../auth/local-path.ts";
import { htmlPage, pagePolicy } from "../auth/pages.ts";
import type { Destination, Returned } from "../auth/sessions/sign-in.ts";
import type { HubContext } from "../context.ts";
import type { Credential } from "../credentials/credential.ts";
import { settingsResource } from "../install/roles.ts";
import { answerFor, toAppError } from "../server/errors.ts";
import type { HubServer } from "../server/server.ts";
import { callerOf, errorAnswers } from "./route-context.ts";
import { writeQuery } from "./schemas.ts";

const tags = ["access"];
/** No credential is needed. */
const open = { tags, security: [] };
const random = (least: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${least},128}$`));
const cliQuery = z.object({
  port: z.coerce.number().int().min(1024).max(65535).describe("Where the command line listens, on 127.0.0.1."),
  state: random(16).describe("Comes back with the code."),
  challenge: random(43).max(43).describe("PKCE, S256."),
});
/** What browsers get: they are sent on, or told why not on a page. */
const redirects = { 302: z.null().describe("On to the next place."), ...errorAnswers };
const newSession = z.object({ token: z.string(), user: z.string(), expiresAt: z.string() });

/** Sign-in with OpenID Connect. These routes need no caller: they make one. */
export function authRoutes(server: HubServer, context: HubContext): void {
  showErrorsInBrowsers(server, context);
  registerMethods(server, context);
  registerBegin(server, context);
  registerCallback(server, context);
  registerToken(server, context);
  registerLogout(server, context);
}

/** People who are on their way between two sites read no JSON. */
function showErrorsInBrowsers(server: HubServer, { settings }: HubContext): void {
  server.addHook("onRequest", async (_request, reply) => {
    reply.header("referrer-policy", "no-referrer");
  });
  server.setErrorHandler((error, request, reply) => {
    const { status, answer } = answerFor(error, request.id);
    const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
    if (!wantsPage || toAppError(error).code === "INTERNAL") throw error;
    const { message, todo } = answer.error;
    const link = { text: "Sign in again", href: `${settings.url}/auth/login` };
    const page = htmlPage({ title: "You are not signed in", lines: [message, ...(todo ? [todo] : [])], link });
    void reply.code(status).header("content-security-policy", pagePolicy).type("text/html").send(page);
  });
}

function registerMethods(server: HubServer, { signIn, settings }: HubContext): void {
  const oidc = z.object({ ready: z.boolean(), message: z.string().optional(), todo: z.string().optional() });
  server.route({
    method: "GET",
    url: "/auth/methods",
    schema: {
      ...open,
      summary: "How people can sign in",
      response: {
        200: z.object({ url: z.string().describe("The hub, as browsers must reach it."), oidc }),
        ...errorAnswers,
      },
    },
    handler: async () => {
      try {
        signIn.check();
        return { url: settings.url, oidc: { ready: true } };
      } catch (error) {
        const { message, todo } = toAppError(error);
        return { url: settings.url, oidc: { ready: false, message, todo } };
      }
    },
  });
}

function registerBegin(server: HubServer, { signIn }: HubContext): void {
  const begin = async (request: FastifyRequest, reply: FastifyReply, to: Destination): Promise<FastifyReply> => {
    const { location, cookies } = await signIn.begin(to, request.headers.cookie);
    return reply.header("set-cookie", cookies).redirect(location, 302);
  };
  server.route({
    method: "GET",
    url: "/auth/login",
    exposeHeadRoute: false,
    schema: {
      ...open,
      summary: "Sign in with a browser",
      querystring: z.object({ return: z.string().optional().describe("Path of the hub to come back to.") }),
      response: redirects,
    },
    handler: async (request, reply) => {
      await begin(request, reply, { kind: "browser", path: localPath(request.query.return) });
      return reply;
    },
  });
  server.route({
    method: "GET",
    url: "/auth/cli",
    exposeHeadRoute: false,
    schema: {
      ...open,
      summary: "Sign a command line in with a browser",
      querystring: cliQuery,
      response: redirects,
    },
    handler: async (request, reply) => {
      const to: Destination = { kind: "cli", ...request.query };
      try {
        return await begin(request, reply, to);
      } catch (error) {
        return reply.redirect(toCommandLine(to, error, request.id), 302);
      }
    },
  });
}

const audit = { action: "sign-in", kind: "Session" };

function registerCallback(server: HubServer, { signIn, sessions }: HubContext): void {
  const signedIn = async ({ to, identity, cookies }: Returned, request: FastifyRequest, reply: FastifyReply) => {
    const { sessionMinutes, ...person } = await identity();
    request.auditActor = { actor: person.user, actorType: "user" };
    if (to.kind === "cli") {
      const code = await sessions.codeFor(person, to.challenge, sessionMinutes);
      return reply.header("set-cookie", cookies).redirect(loopback(to, { code }), 302);
    }
    const { token, credential } = await sessions.begin(person, "browser", sessionMinutes);
    request.auditActor = actorOf(credential);
    const cookie = setCookie(sessionCookie, token, sessionMinutes * 60);
    return reply.header("set-cookie", [...cookies, cookie]).redirect(to.path, 302);
  };
  server.route({
    method: "GET",
    url: "/auth/callback",
    exposeHeadRoute: false,
    config: { audit },
    schema: { ...open, summary: "Where the provider sends browsers back to", response: redirects },
    handler: async (request, reply) => {
      const returned = await signIn.resume(request.url, request.headers.cookie);
      try {
        return await signedIn(returned, request, reply);
      } catch (error) {
        reply.header("set-cookie", returned.cookies);
        if (returned.to.kind === "browser") throw error;
        return reply.redirect(toCommandLine(returned.to, error, request.id), 302);
      }
    },
  });
}

type CommandLine = Extract<Destination, { kind: "cli" }>;

function loopback({ port, state }: CommandLine, told: Record<string, string>): string {
  return `http://127.0.0.1:${port}/?${new URLSearchParams({ ...told, state })}`;
}

/** The command line waits for an answer: it is told what went wrong. */
function toCommandLine(to: CommandLine, error: unknown, requestId: string): string {
  const { code, message, todo } = answerFor(error, requestId).answer.error;
  return loopback(to, { error: code, message, ...(todo && { todo }) });
}

function registerToken(server: HubServer, { sessions }: HubContext): void {
  server.route({
    method: "POST",
    url: "/auth/token",
    config: { audit },
    schema: {
      ...open,
      summary: "Exchange a command line's code for a session",
      body: z.object({ code: z.string().min(1).max(4096), verifier: random(43) }),
      response: { 200: newSession, ...errorAnswers },
    },
    handler: async (request) => {
      const { code, verifier } = request.body;
      const { token, credential } = await sessions.redeem(code, verifier);
      request.auditActor = actorOf(credential);
      return { token, user: credential.subject, expiresAt: credential.expiresAt ?? "" };
    },
  });
}

function registerLogout(server: HubServer, { sessions, credentials }: HubContext): void {
  server.route({
    method: "POST",
    url: "/auth/logout",
    config: { audit: { action: "sign-out", kind: "Session" } },
    schema: {
      ...open,
      summary: "End the session that the request is made with",
      description: "An API key is left as it is.",
      response: { 200: z.object({ ended: z.boolean().describe("False when there was no session.") }), ...errorAnswers },
    },
    handler: async (request, reply) => {
      const token = bearerToken(request) ?? cookieToken(request);
      const verdict = await credentials.verify(token ?? "", ["session"]);
      if (verdict.ok) request.auditActor = actorOf(verdict.credential);
      const ended = verdict.ok && (await sessions.end(verdict.credential.id));
      return reply.header("set-cookie", clearCookie(sessionCookie)).send({ ended });
    },
  });
}

const session = z
  .object({ id: z.string(), user: z.string(), place: z.string(), createdAt: z.string(), expiresAt: z.string() })
  .meta({ id: "Session" });

/** Sessions that count now: the caller's own, for administrators of the hub everybody's. */
export function sessionRoutes(server: HubServer, { sessions, access }: HubContext): void {
  const seesAll = (request: FastifyRequest): Promise<boolean> =>
    access.may(callerOf(request), { verb: "update", group, resource: settingsResource });
  const shown = ({ id, subject, name, createdAt, expiresAt = "" }: Credential) => ({
    id,
    user: subject,
    place: name,
    createdAt,
    expiresAt,
  });
  server.route({
    method: "GET",
    url: "/api/v1/sessions",
    schema: {
      tags,
      summary: "List sessions",
      response: { 200: z.object({ items: z.array(session) }), ...errorAnswers },
    },
    handler: async (request) => {
      const user = (await seesAll(request)) ? undefined : callerOf(request).user;
      return { items: sessions.list(user).map(shown) };
    },
  });
  server.route({
    method: "DELETE",
    url: "/api/v1/sessions/:id",
    config: { audit: { action: "delete", kind: "Session" } },
    schema: {
      tags,
      summary: "End a session at once",
      params: z.object({ id: z.string().regex(/^[a-z2-7]{16}$/) }),
      querystring: writeQuery,
      response: { 200: z.object({ deleted: z.literal(true) }), ...errorAnswers },
    },
    handler: async (request) => {
      const found = sessions.get(request.params.id);
      const mine = found?.subject === callerOf(request).user;
      const isHis = found !== undefined && (mine || (await seesAll(request)));
      if (!isHis || !(request.query.dryRun || (await sessions.end(found.id)))) {
        throw new AppError("KUBE_NOT_FOUND", `There is no session ${request.params.id} that you may end`);
      }
      return { deleted: true as const };
    },
  });
}
