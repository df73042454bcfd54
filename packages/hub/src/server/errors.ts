import { AppError, codeOfKubeFailure, type FieldError, fieldErrors, isAppError } from "@inkube/api";
import { isKubeError } from "@inkube/kube";
import { TunnelError } from "@inkube/tunnel";
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { z } from "zod";

/** Every answer that is not a success: what happened, what to do, and for bad input the fields. */
export const errorAnswer = z
  .object({
    error: z.object({
      code: z.string().describe("One word for programs; docs/exit-codes.md lists them."),
      message: z.string(),
      todo: z.string().optional().describe("What a person can do now."),
      fields: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
      requestId: z.string().optional(),
    }),
  })
  .meta({ id: "Error" });

export type ErrorAnswer = z.output<typeof errorAnswer>;

/** The answer for a thrown value, with its HTTP status. Nothing of a failure of our own is told but that it happened. */
export function answerFor(error: unknown, requestId: string): { status: number; answer: ErrorAnswer } {
  const known = toAppError(error);
  const internal = known.code === "INTERNAL";
  const fields = known.details as FieldError[] | undefined;
  return {
    status: known.status,
    answer: {
      error: {
        code: known.code,
        message: internal ? "Something went wrong that has no name yet" : known.message,
        ...(known.todo && { todo: known.todo }),
        ...(Array.isArray(fields) && fields.length > 0 && { fields }),
        requestId,
      },
    },
  };
}

/** Any failure as one of the table of errors; INTERNAL for what nobody foresaw. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (isKubeError(error, "unreachable")) {
    // Its own words name the API server's address.
    const todo = "Try again in a few seconds.";
    return new AppError("KUBE_UNREACHABLE", "The hub's Kubernetes API does not answer", { todo, cause: error });
  }
  if (isKubeError(error)) {
    const fields = fieldErrors(error.details);
    const message =
      fields.length > 0 ? fields.map(({ field, message }) => `${field}: ${message}`).join("; ") : error.explanation;
    return new AppError(codeOfKubeFailure[error.code], message, { details: fields, cause: error });
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(({ instancePath, message }) => ({
      field: instancePath.replace(/^\//, "").replaceAll("/", "."),
      message: message ?? "is not valid",
    }));
    const message = fields
      .map((one) => `${one.field || error.validationContext || "request"}: ${one.message}`)
      .join("; ");
    return new AppError("SPEC_INVALID", message, {
      todo: "Change the fields that are named and try again.",
      details: fields,
      cause: error,
    });
  }
  if (error instanceof TunnelError) return fromTunnel(error);
  // Whoever asked has gone, or may not ask any more.
  if (error instanceof DOMException && error.name === "AbortError") {
    return new AppError("INTERRUPTED", "The request was cancelled", { cause: error });
  }
  return fromFastify(error);
}

function fromTunnel(error: TunnelError): AppError {
  // Says which part, never its value.
  if (error.code === "invalid") return new AppError("USAGE", error.message, { cause: error });
  const todo = "It is tried again by itself: try again in a few seconds.";
  if (error.code === "busy") {
    return new AppError("KUBE_THROTTLED", "The host has too many requests under way", { todo, cause: error });
  }
  return new AppError("KUBE_UNREACHABLE", "The host's connection to the hub broke", { todo, cause: error });
}

/** What the HTTP server itself refuses: bodies that are no JSON, too large, of another type. */
function fromFastify(error: unknown): AppError {
  const { statusCode, message } = error as Partial<FastifyError>;
  if (statusCode === 413) return new AppError("TOO_LARGE", "The body is too large", { cause: error });
  if (statusCode === 404) return new AppError("KUBE_NOT_FOUND", "There is nothing at this address", { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new AppError("USAGE", message ?? "The request cannot be understood", { cause: error });
  }
  return new AppError("INTERNAL", error instanceof Error ? error.message : String(error), { cause: error });
}
