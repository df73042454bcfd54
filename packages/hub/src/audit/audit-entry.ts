import { hostClusters } from "@inkube/api";
import type { Credential } from "../credentials/credential.ts";
import type { ActorType, AuditEntry } from "../store/index.ts";
import type { AnswerFacts } from "./answer-facts.ts";
import type { AuditedAction } from "./audited-request.ts";
import { withoutTokens } from "./without-tokens.ts";

/** Header with which a caller says why. */
export const noteHeader = "x-inkube-note";

/** Who did it. */
export type AuditActor = Pick<AuditEntry, "actor" | "actorType" | "keyId">;

/** Name of the actor of requests that showed no credential that counts. */
export const nobody = "anonymous";

export function actorOf(credential: Credential | undefined): AuditActor {
  if (!credential) return { actor: nobody, actorType: "system" };
  const types: Partial<Record<Credential["kind"], ActorType>> = { "api-key": "api-key", host: "host", import: "host" };
  return { actor: credential.subject, actorType: types[credential.kind] ?? "user", keyId: credential.id };
}

export interface Outcome {
  status: number;
  facts: AnswerFacts;
  requestId: string;
  sourceAddress: string;
  note?: string | undefined;
}

/** The row of one request. Pure. */
export function auditEntry(
  method: string,
  { dryRun, project, ...action }: AuditedAction,
  actor: AuditActor,
  { status, facts, note, requestId, sourceAddress }: Outcome,
): AuditEntry {
  // Of hosts, a host acts only on itself.
  const itself = actor.actorType === "host" && action.kind === hostClusters.kind ? actor.actor : undefined;
  const name = action.name ?? facts.name ?? itself;
  const done = doneWords(action, project, name);
  const told = status < 400 ? done : (facts.message ?? `Refused with status ${status}`);
  return {
    ...action,
    ...actor,
    ...(project !== undefined && { project: withoutTokens(project) }),
    ...(name !== undefined && { name: withoutTokens(name) }),
    ...(facts.uid !== undefined && { uid: facts.uid }),
    ...(note !== undefined && note !== "" && { note: withoutTokens(note) }),
    method,
    status,
    message: withoutTokens(dryRun ? `Dry run: ${told}` : told),
    requestId,
    sourceAddress,
  };
}

function doneWords(
  { action, kind }: Pick<AuditedAction, "action" | "kind">,
  project: string | undefined,
  name: string | undefined,
): string {
  const done =
    { create: "Created", update: "Changed", delete: "Deleted", action: "Did something with" }[action] ?? action;
  const object = [project, name].filter((part, index, parts) => part !== undefined && parts.indexOf(part) === index);
  return [done, kind, object.join("/")].filter((word) => word !== "").join(" ");
}

const mostOfNote = 500;

/** Node hands headers over as Latin-1, and people send UTF-8. */
export function noteOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.join(", ") : header;
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, "latin1");
  const decoded = bytes.toString("utf8");
  return (decoded.includes("\ufffd") ? text : decoded).slice(0, mostOfNote);
}
