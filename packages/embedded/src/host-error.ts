/** What kind of thing stops the embedded host; callers decide by this, never by text. */
export type HostErrorCode =
  | "notRoot"
  | "missingTools"
  | "componentUnavailable"
  | "imageUnavailable"
  | "commandFailed"
  | "notReady"
  | "invalidName"
  | "aborted";

/** The one error type of this package: says what happened and what to do about it. */
export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "HostError";
    this.code = code;
  }
}

/** Receives one line for people about what is going on now. */
export type Progress = (line: string) => void;
