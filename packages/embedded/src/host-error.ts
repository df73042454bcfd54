import { AppError, type ErrorCode } from "@inkube/api";

/** What kind of thing stops the embedded host; callers decide by this, never by text. */
export type HostErrorKind =
  | "notRoot"
  | "missingTools"
  | "componentUnavailable"
  | "imageUnavailable"
  | "commandFailed"
  | "notReady"
  | "invalidName"
  | "aborted";

const codes: Record<HostErrorKind, ErrorCode> = {
  notRoot: "HOST_UNSUITABLE",
  missingTools: "HOST_UNSUITABLE",
  componentUnavailable: "HOST_UNSUITABLE",
  imageUnavailable: "HOST_UNSUITABLE",
  commandFailed: "INTERNAL",
  notReady: "TIMEOUT",
  invalidName: "USAGE",
  aborted: "INTERRUPTED",
};

/** The error of this package: says what happened, and in `todo` what a person can do about it. */
export class HostError extends AppError {
  readonly kind: HostErrorKind;

  constructor(kind: HostErrorKind, message: string, options: { todo?: string; cause?: unknown } = {}) {
    super(codes[kind], message, options);
    this.name = "HostError";
    this.kind = kind;
  }
}

/** Receives one line for people about what is going on now. */
export type Progress = (line: string) => void;
