import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError, agentPaths } from "@inkube/api";
import { acceptTunnel, heldReplicas, tunnelWebSocketServer } from "@inkube/tunnel";
import type { FastifyRequest } from "fastify";
import type { WebSocketServer } from "ws";
import { auditedUpgrade } from "../audit/audit-upgrades.ts";
import { authenticate, bearerToken, credentialOf } from "../auth/authenticate.ts";
import type { HubContext } from "../context.ts";
import { answerHeaders } from "../server/answer-headers.ts";
import { rawAnswer } from "../server/client-errors.ts";
import { answerFor, toAppError } from "../server/errors.ts";
import { retryHeaders } from "../server/retry-after.ts";
import type { HubServer } from "../server/server.ts";
import { passedBack } from "./answer-of-host.ts";
import { parseClusterPath, passedOn, proxyTarget } from "./cluster-proxy.ts";

/** What of a request the functions that know callers look at. */
function asRequest(message: IncomingMessage): FastifyRequest {
  return { headers: message.headers } as FastifyRequest;
}

/**
 * Takes the connections that switch protocols: tunnels of agents, and exec, attach and port-forward of nested clusters. Any other
 * is refused.
 */
export function acceptUpgrades(server: HubServer, context: HubContext): void {
  const sockets = tunnelWebSocketServer({ replica: context.replicas.own });
  server.server.on("upgrade", (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const taken =
      message.url === agentPaths.tunnel
        ? takeTunnel(sockets, context, message, socket, head)
        : takeStream(context, message, socket, head);
    taken.catch((error: unknown) => refuse(context, socket, error));
  });
}

async function takeTunnel(
  sockets: WebSocketServer,
  { credentials, replicas, tunnels, clock, logger }: HubContext,
  message: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const credential = await credentialOf(bearerToken(asRequest(message)), credentials, ["host"]);
  const host = credential.subject;
  // It was looking for another replica. An agent that has lost its tunnel to this one does not name it, and gets a new one.
  if (tunnels.get(host) && heldReplicas(message).includes(replicas.own)) {
    throw new AppError("KUBE_CONFLICT", "This replica of the hub has a tunnel of this agent");
  }
  sockets.handleUpgrade(message, socket, head, (webSocket) => {
    const tunnel = acceptTunnel(webSocket, { clock, logger: logger.child({ host }) });
    const life = credentials.lifeOf(credential);
    life.signal.addEventListener("abort", () => tunnel.close("the host's credential does not count any more"), {
      once: true,
    });
    void tunnel.closed.then(() => life.release());
    tunnels.add(host, tunnel);
    logger.info({ host }, "Agent opened its tunnel");
  });
}

async function takeStream(context: HubContext, message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const target = parseClusterPath(message.url ?? "");
  if (!target) throw new AppError("KUBE_NOT_FOUND", "There is nothing at this address");
  const caller = await authenticate(asRequest(message), context.credentials);
  const life = context.credentials.lifeOf(caller.credential);
  try {
    const protocol = message.headers.upgrade ?? "";
    const method = message.method ?? "GET";
    const answer = await auditedUpgrade(context, message, caller, async () => {
      const { tunnel, headers } = await proxyTarget(context, caller, target);
      const asked = { ...passedOn(message.headers), ...headers };
      return tunnel.upgrade({ protocol, method, path: target.path, headers: asked, signal: life.signal });
    });
    if (!answer.socket) {
      socket.end(
        responseHead(answer.status, { ...answerHeaders, "content-type": "application/json", connection: "close" }) +
          (answer.body ?? ""),
      );
      return;
    }
    socket.write(responseHead(101, { ...passedBack(answer.headers), connection: "Upgrade", upgrade: protocol }));
    if (head.length > 0) answer.socket.write(head);
    const stop = { signal: life.signal };
    await Promise.allSettled([pipeline(socket, answer.socket, stop), pipeline(answer.socket, socket, stop)]);
  } finally {
    life.release();
  }
}

function refuse({ logger }: HubContext, socket: Duplex, error: unknown): void {
  const known = toAppError(error);
  const requestId = randomUUID();
  if (known.code === "INTERNAL") {
    logger.error({ request: requestId, error: known.message, stack: (error as Error).stack }, "Upgrade failed");
  }
  const { status, answer } = answerFor(error, requestId);
  socket.end(rawAnswer(status, answer, retryHeaders(known)));
}

/** Status line and headers; names and values come from node's own parser, so no line ends are in them. */
function responseHead(status: number, headers: Record<string, string | string[]>): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}\r\n`));
  return `HTTP/1.1 ${status} ${status === 101 ? "Switching Protocols" : "Refused"}\r\n${lines.join("")}\r\n`;
}
