import { isAppError } from "@inkube/api";

const throttledSeconds = 1;

/** Details of an AppError that can be expected to be over in so many seconds. */
export function retryDetails(seconds: number): { retryAfterSeconds: number } {
  return { retryAfterSeconds: seconds };
}

/**
 * The header that tells programs to send the same request again, kubectl among them, which does so by itself; none where
 * nobody can say that it will help.
 */
export function retryHeaders(error: unknown): { "retry-after"?: string } {
  if (isAppError(error, "KUBE_THROTTLED")) return { "retry-after": String(throttledSeconds) };
  const details = isAppError(error) ? (error.details as { retryAfterSeconds?: unknown } | undefined) : undefined;
  const seconds = details?.retryAfterSeconds;
  return typeof seconds === "number" ? { "retry-after": String(seconds) } : {};
}
