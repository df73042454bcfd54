import type { ResourceType } from "../../types.ts";

/** A cause inside a Status, one per wrong field. */
export interface StatusCause {
  reason?: string;
  message: string;
  field?: string;
}

/** The Kubernetes `Status` object of a failure, as on the wire. */
export interface FailureStatus {
  kind: "Status";
  apiVersion: "v1";
  metadata: Record<string, never>;
  status: "Failure";
  message: string;
  reason: string;
  code: number;
  details?: { name?: string; group?: string; kind?: string; causes?: StatusCause[]; retryAfterSeconds?: number };
}

/** A refusal of the fake API server; carries the Status that goes to the client. */
export class ApiFailure extends Error {
  readonly status: FailureStatus;

  constructor(code: number, reason: string, message: string, details?: FailureStatus["details"]) {
    super(message);
    this.name = "ApiFailure";
    this.status = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
    if (details !== undefined) this.status.details = details;
  }
}

function qualified(type: ResourceType): string {
  return type.group === "" ? type.plural : `${type.plural}.${type.group}`;
}

function about(type: ResourceType, name: string): { name: string; group?: string; kind: string } {
  return type.group === "" ? { name, kind: type.plural } : { name, group: type.group, kind: type.plural };
}

/** 404 for an object that does not exist. */
export function notFound(type: ResourceType, name: string): ApiFailure {
  return new ApiFailure(404, "NotFound", `${qualified(type)} "${name}" not found`, about(type, name));
}

/** 404 for a path that is not served. */
export function noSuchResource(): ApiFailure {
  return new ApiFailure(404, "NotFound", "the server could not find the requested resource");
}

/** 409 for a name that is taken, also while its holder is being deleted. */
export function alreadyExists(type: ResourceType, name: string, deleting: boolean): ApiFailure {
  const prefix = deleting ? "object is being deleted: " : "";
  return new ApiFailure(
    409,
    "AlreadyExists",
    `${prefix}${qualified(type)} "${name}" already exists`,
    about(type, name),
  );
}

/** 409 for an optimistic lock or a precondition that does not hold. */
export function conflict(type: ResourceType, name: string, why: string): ApiFailure {
  const message = `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`;
  return new ApiFailure(409, "Conflict", message, about(type, name));
}

/** The conflict of a stale resourceVersion. */
export function staleVersion(type: ResourceType, name: string): ApiFailure {
  return conflict(
    type,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

/** 422 with one cause per wrong field. */
export function invalid(type: ResourceType, name: string, causes: StatusCause[]): ApiFailure {
  const kind = type.group === "" ? type.kind : `${type.kind}.${type.group}`;
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const text = list.length === 1 ? list[0] : `[${list.join(", ")}]`;
  return new ApiFailure(422, "Invalid", `${kind} "${name}" is invalid: ${text}`, {
    ...about(type, name),
    kind: type.kind,
    causes,
  });
}

/** 400 for a request that cannot be understood. */
export function badRequest(message: string): ApiFailure {
  return new ApiFailure(400, "BadRequest", message);
}

/** 410 for a resourceVersion or continue token that history no longer covers. */
export function expired(message: string): ApiFailure {
  return new ApiFailure(410, "Expired", message);
}

/** 405 for a verb that the resource does not have. */
export function methodNotAllowed(): ApiFailure {
  return new ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

/** 415 for a body in a format that the resource does not take. */
export function unsupportedMediaType(got: string): ApiFailure {
  const message = `the body of the request was in an unknown format - accepted media types do not include ${got}`;
  return new ApiFailure(415, "UnsupportedMediaType", message);
}
