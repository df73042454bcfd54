import type { ErrorCode } from "./errors.ts";

/** What each failure of a Kubernetes client (its `code`) is in the table of errors. */
export const codeOfKubeFailure = {
  unreachable: "KUBE_UNREACHABLE",
  unauthorized: "AUTH_REQUIRED",
  forbidden: "KUBE_FORBIDDEN",
  notFound: "KUBE_NOT_FOUND",
  alreadyExists: "KUBE_ALREADY_EXISTS",
  conflict: "KUBE_CONFLICT",
  invalid: "SPEC_INVALID",
  gone: "KUBE_SERVER",
  throttled: "KUBE_THROTTLED",
  timeout: "KUBE_UNREACHABLE",
  server: "KUBE_SERVER",
  aborted: "INTERRUPTED",
} as const satisfies Record<string, ErrorCode>;

/** One field that was refused, and why. */
export interface FieldError {
  field: string;
  message: string;
}

/** The causes of a Kubernetes Status' details, without the server's echo of the value and its notes about itself. */
export function fieldErrors(details: unknown): FieldError[] {
  const causes = (details as { causes?: { field?: string; message?: string }[] } | undefined)?.causes ?? [];
  return causes.flatMap(({ field, message }) => {
    if (!field || field === "<nil>" || !message) return [];
    return [{ field, message: message.replace(/^Invalid value: "(object|string|integer|array|boolean)": /, "") }];
  });
}
