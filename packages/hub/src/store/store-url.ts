import { resolve } from "node:path";
import { AppError } from "@inkube/api";

export interface SqliteTarget {
  kind: "sqlite";
  /** An absolute path, or `:memory:`. */
  path: string;
  /** For logs and errors. */
  name: string;
}

export interface PostgresTarget {
  kind: "postgres";
  /** A name, an address, or the absolute folder of a Unix socket. */
  host: string;
  port: number;
  /** Absent, as `password`: PGUSER and PGPASSWORD of the environment. */
  user?: string;
  password?: string;
  database: string;
  tls: TlsMode;
  /** Paths of PEM files. */
  authority?: string;
  certificate?: string;
  key?: string;
  /** For logs and errors: without password. */
  name: string;
}

const tlsModes = ["disable", "require", "verify-ca", "verify-full"] as const;
/** As in libpq: `require` encrypts without a look at the certificate, `verify-full` checks authority and name. */
export type TlsMode = (typeof tlsModes)[number];

const parameters = ["host", "sslcert", "sslkey", "sslmode", "sslrootcert"];
const forms =
  "sqlite:/path/file.db, sqlite::memory: or postgres://user:password@host:5432/database?sslmode=verify-full";

/**
 * Reads where the history is. Throws USAGE for what it cannot read, and never repeats the text: a password with a
 * character that is not percent-encoded may stand in any part of it.
 */
export function readStoreUrl(text: string): SqliteTarget | PostgresTarget {
  if (/^sqlite:/i.test(text)) return sqliteTarget(text.slice("sqlite:".length));
  if (/^postgres(ql)?:\/\//i.test(text)) return postgresTarget(text);
  throw refused(`must be ${forms}`);
}

function sqliteTarget(file: string): SqliteTarget {
  if (file === "" || file.includes("\0")) throw refused("names no file after sqlite:");
  if (file === ":memory:") return { kind: "sqlite", path: file, name: "sqlite::memory:" };
  const path = resolve(file);
  return { kind: "sqlite", path, name: `sqlite:${path}` };
}

function postgresTarget(text: string): PostgresTarget {
  const url = URL.parse(text);
  // A "#", "/" or "@" in the database's name comes from a password that ends too early.
  if (url?.hash !== "" || /[/@]/.test(url.pathname.slice(1))) throw unreadable();
  if ([...url.searchParams.keys()].some((name) => !parameters.includes(name))) {
    throw refused(
      `takes the parameters ${parameters.join(", ")} only; encode ?, #, /, @ of a password as %3F, %23, %2F, %40`,
    );
  }
  const parameter = (name: string) => url.searchParams.get(name) ?? undefined;
  const database = decoded(url.pathname.slice(1));
  const host = parameter("host") ?? decoded(url.hostname).replace(/^\[(.*)\]$/, "$1");
  const tls = tlsModes.find((mode) => mode === (parameter("sslmode") ?? "disable"));
  if (!tls) throw refused(`has an sslmode that is none of ${tlsModes.join(", ")}`);
  if (host === "" || database === "") throw refused("names no host or no database");
  const user = decoded(url.username);
  const port = url.port === "" ? 5432 : Number(url.port);
  const files = { authority: parameter("sslrootcert"), certificate: parameter("sslcert"), key: parameter("sslkey") };
  return {
    kind: "postgres",
    host,
    port,
    database,
    tls,
    ...(user !== "" && { user }),
    ...(url.password !== "" && { password: decoded(url.password) }),
    ...(files.authority !== undefined && { authority: files.authority }),
    ...(files.certificate !== undefined && { certificate: files.certificate }),
    ...(files.key !== undefined && { key: files.key }),
    name: `postgres://${user === "" ? "" : `${user}@`}${host}:${port}/${database}`,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unreadable();
  }
}

function unreadable(): AppError {
  return refused("cannot be read; in a password, encode %, ?, #, /, @ as %25, %3F, %23, %2F, %40");
}

function refused(why: string): AppError {
  return new AppError("USAGE", `The URL of the history's database ${why}.`, { todo: `Give ${forms}.` });
}
