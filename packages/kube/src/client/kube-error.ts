/** The closed set of what can go wrong with a request; everything above decides by this, never by text. */
export type KubeErrorCode =
  | "unreachable"
  | "unauthorized"
  | "forbidden"
  | "notFound"
  | "alreadyExists"
  | "conflict"
  | "invalid"
  | "gone"
  | "throttled"
  | "timeout"
  | "server"
  | "aborted";

export interface KubeErrorFields {
  code: KubeErrorCode;
  message: string;
  /** What the server itself said, without method and address; absent when no answer came. */
  explanation?: string;
  /** HTTP status; 0 when no answer came. */
  status?: number;
  /** `reason` and `details` of the Kubernetes Status object. */
  reason?: string;
  details?: unknown;
  retryAfterMs?: number;
  cause?: unknown;
}

/** The one error type of this package. */
export class KubeError extends Error {
  readonly code: KubeErrorCode;
  /** What the server itself said, fit for people who must not see its address; the whole message when it said nothing. */
  readonly explanation: string;
  readonly status: number;
  readonly reason: string;
  readonly details: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(fields: KubeErrorFields) {
    super(fields.message, { cause: fields.cause });
    this.name = "KubeError";
    this.code = fields.code;
    this.explanation = fields.explanation ?? fields.message;
    this.status = fields.status ?? 0;
    this.reason = fields.reason ?? "";
    this.details = fields.details;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** True when `error` is a KubeError of one of the codes. */
export function isKubeError(error: unknown, ...codes: KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}
