import type { Logger } from "../types.ts";

/** One call of a logger; `fields` include those of its parents. */
export interface LogEntry {
  level: "debug" | "info" | "warn" | "error";
  fields: Record<string, unknown>;
  message: string;
}

/** A logger that prints nothing and keeps everything in `entries`, which its children share. */
export interface CollectingLogger extends Logger {
  readonly entries: readonly LogEntry[];
}

export function collectingLogger(): CollectingLogger {
  const entries: LogEntry[] = [];
  return { ...loggerInto(entries, {}), entries };
}

function loggerInto(entries: LogEntry[], parent: object): Logger {
  const at = (level: LogEntry["level"]) => (fields: object, message?: string) => {
    entries.push({ level, fields: { ...parent, ...fields }, message: message ?? "" });
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => loggerInto(entries, { ...parent, ...fields }),
  };
}
