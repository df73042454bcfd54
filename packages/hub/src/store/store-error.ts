import { AppError, type ErrorCode, isAppError } from "@inkube/api";

/** What the tables of errors call a database that does not answer; there is no code of its own. */
export const unreachable: ErrorCode = "KUBE_UNREACHABLE";

const sqlite = { busy: 5, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

/** Words of the drivers for a connection that broke or was never made; they give these no code. */
const brokenWords =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|connection error/i;
const brokenCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT|08...|57P0[0-5]|53300)$/;
/** The connection ended while it was used: a new one may work at once. */
const endedCodes = /^(ECONNRESET|EPIPE|0800[36]|57P0[12])$/;
/** PostgreSQL undid the transaction because of another one, or stands by for a moment. */
const undoneCodes = /^(40001|40P01)$/;

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : "";
}

/** The plain result code of SQLite, or undefined for an error that is not SQLite's. */
export function sqliteCodeOf(error: unknown): number | undefined {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === "ERR_SQLITE_ERROR" && typeof errcode === "number" ? errcode & 0xff : undefined;
}

/** Another connection writes to the SQLite file just now. */
export function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === sqlite.busy;
}

/** The database does not answer, or not now. */
export function isUnreachable(error: unknown): boolean {
  return brokenCodes.test(codeOf(error)) || brokenWords.test(wordsOf(error));
}

/** The connection broke under the work, which thus may or may not have been done. */
export function hasEnded(error: unknown): boolean {
  return endedCodes.test(codeOf(error)) || /Connection terminated unexpectedly/.test(wordsOf(error));
}

/** The transaction was undone as a whole and may be tried again. */
export function wasUndone(error: unknown): boolean {
  return undoneCodes.test(codeOf(error));
}

/** The error's words; those of all parts when a name had several addresses. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(wordsOf).join(", ");
  return error instanceof Error ? error.message : String(error);
}

/**
 * What went wrong with the database while the hub runs, as an AppError: `unreachable` for what passes (a database that
 * is away, a full disk, a file that somebody else holds), INTERNAL for the rest. `database` names it without secrets.
 * The driver's own error is not handed on, only its words: it can hold the connection's parameters.
 */
export function toStoreError(error: unknown, database: string): AppError {
  if (isAppError(error)) return error;
  const words = wordsOf(error);
  const cause = new Error(words);
  if (isUnreachable(error)) {
    const todo = "The hub goes on trying; check that the database runs and can be reached from here.";
    return new AppError(unreachable, `The history's database ${database} does not answer: ${words}.`, { todo, cause });
  }
  const todo = sqliteTodo(sqliteCodeOf(error));
  if (todo) return new AppError(unreachable, `The history cannot use ${database}: ${words}.`, { todo, cause });
  return new AppError("INTERNAL", `The history's database ${database} refused: ${words}.`, { cause });
}

function sqliteTodo(code: number | undefined): string | undefined {
  switch (code) {
    case sqlite.busy:
      return "Another process writes to the file; only one hub may use a SQLite file, several need PostgreSQL.";
    case sqlite.full:
      return "Make room on the volume of the file.";
    case sqlite.readOnly:
    case sqlite.io:
    case sqlite.cannotOpen:
      return "Check the volume of the file.";
    case sqlite.corrupt:
    case sqlite.notADatabase:
      return "The file is damaged or no SQLite database: put back a copy, or move it away to begin anew.";
    default:
      return undefined;
  }
}
