import { pino } from "pino";
import type { Logger } from "../types.ts";

export interface ProgramLoggerOptions {
  /** The program: `component` of every line. Parts of it say `part`. */
  component: string;
  /** The least that is printed: `debug`, `info`, `warn` or `error`. Default `info`. */
  level?: string;
  /** Where lines go; default standard output. */
  destination?: { write(line: string): void };
}

/** Fields that are never printed, at the top of a line and one level below. */
const secretFields = ["authorization", "cookie", "data", "kubeconfig", "password", "privateKey", "stringData", "token"];

/**
 * The logger of a program: one line of JSON each, with the time in ISO 8601 and every field once; a child's field
 * takes the place of its parent's.
 */
export function createProgramLogger({ component, level = "info", destination }: ProgramLoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: secretFields.flatMap((field) => [field, `*.${field}`]), censor: "[redacted]" },
  };
  return loggerWith(destination ? pino(options, destination) : pino(options), { component });
}

/** Pino's own children print a repeated field twice, and readers of JSON disagree about which of the two counts. */
function loggerWith(lines: pino.Logger, parent: object): Logger {
  const at = (level: "debug" | "info" | "warn" | "error") => (fields: object, message?: string) => {
    if (lines.isLevelEnabled(level)) lines[level]({ ...parent, ...fields }, message);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => loggerWith(lines, { ...parent, ...fields }),
  };
}
