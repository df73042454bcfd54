import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Principal } from "../auth/principal.ts";
import type { HubContext } from "../context.ts";
import { answerFor } from "../server/errors.ts";
import { answerFacts } from "./answer-facts.ts";
import { actorOf, auditEntry, noteHeader, noteOf } from "./audit-entry.ts";
import { auditedRequest } from "./audited-request.ts";

interface Opened {
  status: number;
  body?: string | undefined;
  socket?: Duplex | undefined;
}

/**
 * Opens a stream into a nested cluster (exec, attach, port-forward) and puts it into the audit log before the caller is told.
 * A stream that cannot be recorded is not opened, or closed again.
 */
export async function auditedUpgrade<T extends Opened>(
  { audit }: Pick<HubContext, "audit">,
  message: IncomingMessage,
  caller: Principal,
  open: () => Promise<T>,
): Promise<T> {
  const record = (status: number, body: string): Promise<void> => {
    const { method = "GET", url = "" } = message;
    const action = auditedRequest({ method, url, upgrade: true });
    if (!action) return Promise.resolve();
    const outcome = {
      status,
      facts: answerFacts(body),
      requestId: randomUUID(),
      sourceAddress: message.socket.remoteAddress ?? "",
      note: noteOf(message.headers[noteHeader]),
    };
    return audit.record(auditEntry(method, action, actorOf(caller.credential), outcome));
  };
  await audit.ready();
  let opened: T;
  try {
    opened = await open();
  } catch (error) {
    const { status, answer } = answerFor(error, "");
    await record(status, JSON.stringify(answer)).catch(() => undefined);
    throw error;
  }
  try {
    await record(opened.status, opened.body ?? "");
    return opened;
  } catch (error) {
    opened.socket?.destroy();
    throw error;
  }
}
