/** How an error maps to the outside. `exitCode` is the CLI's; `retry` says whether trying again can help. */
export interface ErrorClass {
  /** HTTP status that says the same. */
  status: number;
  exitCode: number;
  retry: "backoff" | "never";
}

/** The closed table of errors that cross a package's border; the same for the CLI's exit codes and its JSON. */
export const errorTable = {
  INTERNAL: { status: 500, exitCode: 1, retry: "never" },
  USAGE: { status: 400, exitCode: 2, retry: "never" },
  KUBE_NOT_FOUND: { status: 404, exitCode: 3, retry: "never" },
  KUBE_ALREADY_EXISTS: { status: 409, exitCode: 4, retry: "never" },
  KUBE_CONFLICT: { status: 409, exitCode: 4, retry: "backoff" },
  SPEC_INVALID: { status: 422, exitCode: 5, retry: "never" },
  AUTH_REQUIRED: { status: 401, exitCode: 6, retry: "never" },
  GONE: { status: 410, exitCode: 3, retry: "never" },
  TOO_LARGE: { status: 413, exitCode: 5, retry: "never" },
  KUBE_FORBIDDEN: { status: 403, exitCode: 6, retry: "never" },
  KUBE_UNREACHABLE: { status: 503, exitCode: 7, retry: "backoff" },
  KUBE_THROTTLED: { status: 429, exitCode: 7, retry: "backoff" },
  KUBE_SERVER: { status: 502, exitCode: 7, retry: "backoff" },
  TIMEOUT: { status: 504, exitCode: 8, retry: "backoff" },
  CP_NOT_READY: { status: 503, exitCode: 8, retry: "backoff" },
  HOST_UNSUITABLE: { status: 503, exitCode: 9, retry: "never" },
  INTERRUPTED: { status: 499, exitCode: 130, retry: "never" },
} as const satisfies Record<string, ErrorClass>;

export type ErrorCode = keyof typeof errorTable;

export interface AppErrorOptions {
  /** What a person can do now, one sentence. */
  todo?: string;
  /** Anything that helps a program; never a secret. */
  details?: unknown;
  cause?: unknown;
}

/**
 * The one error that packages throw across their borders.
 * `message` says what happened while doing what; `todo` what to do next.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly todo: string;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.todo = options.todo ?? "";
    this.details = options.details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get exitCode(): number {
    return errorTable[this.code].exitCode;
  }

  get retry(): ErrorClass["retry"] {
    return errorTable[this.code].retry;
  }
}

/** True when `error` is an AppError of one of the codes, or of any when none is given. */
export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}
