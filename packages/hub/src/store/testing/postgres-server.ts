import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import type { TestDatabase } from "./test-database.ts";

const run = promisify(execFile);
const installed = "/usr/lib/postgresql";
const startLimitMs = 120_000;

/** A real PostgreSQL of one test file: on a Unix socket and, with TLS, on a port of the loopback. */
export interface PostgresServer extends AsyncDisposable {
  readonly user: string;
  readonly password: string;
  /** The folder of its socket. */
  readonly socket: string;
  readonly port: number;
  /** The authority of its certificate, for the name `localhost`. PEM file. */
  readonly authority: string;
  /** URL of a database, by the socket. */
  url(database: string): string;
  /** An empty database; `cut` stops the server. `options` are those of CREATE DATABASE. */
  fresh(options?: string): Promise<TestDatabase>;
  start(): Promise<void>;
  /** Ends all connections at once, as a crash does. */
  stop(): Promise<void>;
}

/** The account that runs it: PostgreSQL refuses root, and another one is its own. */
function account(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const line =
    lines.find((entry) => entry.startsWith("postgres:")) ?? lines.find((entry) => entry.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (!uid || !gid) throw new Error("PostgreSQL refuses to run as root, and there is no user postgres or nobody");
  return { uid: Number(uid), gid: Number(gid) };
}

/** The folder of the newest installed programs. */
function programs(): string {
  const versions = existsSync(installed) ? readdirSync(installed) : [];
  const folders = versions
    .toSorted((left, right) => Number(right) - Number(left))
    .map((v) => join(installed, v, "bin"));
  const found = folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
  if (found) return found;
  throw new Error(`No PostgreSQL in ${installed}: install the Debian package "postgresql" to run these tests`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await promisify((done: () => void) => server.close(done))();
  return port;
}

/** Starts it on a new folder; throws when its programs are not installed. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = programs();
  const folder = await mkdtemp(join(tmpdir(), "inkube-pg-"));
  const server = new Server({ bin, folder, port: await freePort() });
  try {
    await server.prepare();
    await server.start();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

interface ServerOptions {
  bin: string;
  folder: string;
  port: number;
}

class Server implements PostgresServer {
  readonly user = "hub";
  readonly password = "Zq7-pass/word@#?%";
  readonly port: number;
  readonly #bin: string;
  readonly #folder: string;
  readonly #account = account();
  readonly #killAtExit = () => void this.#child?.kill("SIGKILL");
  #child: ChildProcess | undefined;
  #databases = 0;

  constructor({ bin, folder, port }: ServerOptions) {
    this.#bin = bin;
    this.#folder = folder;
    this.port = port;
    process.once("exit", this.#killAtExit);
  }

  get socket(): string {
    return this.#folder;
  }

  get authority(): string {
    return join(this.#folder, "tls.crt");
  }

  /** Sorts as people do by default, so that what must be sorted by bytes shows whether it is. */
  async prepare(): Promise<void> {
    if (this.#account) chownSync(this.#folder, this.#account.uid, this.#account.gid);
    const passwordFile = join(this.#folder, "password");
    await writeFile(passwordFile, this.password);
    const options = { cwd: this.#folder, ...this.#account };
    const locale = ["--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"];
    const login = [`--username=${this.user}`, "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
    const initdb = join(this.#bin, "initdb");
    await run("chown", [String(this.#account?.uid ?? process.getuid?.()), passwordFile]);
    await run(initdb, ["--pgdata=data", "--no-sync", "--no-instructions", ...locale, ...login], options);
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", "tls.key", "-nodes"];
    await run("openssl", ["req", "-x509", "-days", "2", "-out", "tls.crt", ...key, ...subject], options);
  }

  async start(): Promise<void> {
    const tls = { ssl: "on", ssl_cert_file: this.authority, ssl_key_file: join(this.#folder, "tls.key") };
    const places = { listen_addresses: "127.0.0.1", port: this.port, unix_socket_directories: this.#folder };
    const settings = { ...places, ...tls, fsync: "off", max_connections: 40, log_min_messages: "warning" };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const log = openSync(join(this.#folder, "log"), "a", 0o600);
    const stdio = ["ignore", log, log] as const;
    const options = { cwd: this.#folder, stdio: [...stdio], ...this.#account };
    this.#child = spawn(join(this.#bin, "postgres"), ["-D", "data", ...args], options);
    closeSync(log);
    for (const end = Date.now() + startLimitMs; ; await pause(50)) {
      if (this.#child.exitCode !== null) throw new Error(`PostgreSQL ended:\n${this.#log()}`);
      const error = await this.#query("postgres", "select 1").then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) return;
      if (Date.now() > end) throw new Error(`PostgreSQL does not answer: ${error}\n${this.#log()}`);
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGQUIT");
    const killer = setTimeout(() => child.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(killer);
  }

  url(database: string): string {
    const host = encodeURIComponent(this.#folder);
    return `postgres://${this.user}:${encodeURIComponent(this.password)}@localhost:${this.port}/${database}?host=${host}`;
  }

  async fresh(options = ""): Promise<TestDatabase> {
    this.#databases += 1;
    const name = `history_${this.#databases}`;
    await this.#query("postgres", `create database ${name} ${options}`);
    return {
      url: this.url(name),
      run: (sql) => this.#query(name, sql),
      cut: async () => {
        await this.stop();
        return () => this.start();
      },
      [Symbol.asyncDispose]: async () => void (await this.#query("postgres", `drop database ${name} with (force)`)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#killAtExit);
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #query(database: string, sql: string): Promise<Record<string, unknown>[]> {
    const { user, password, port } = this;
    const client = new pg.Client({ host: this.#folder, port, user, password, database });
    client.on("error", () => {});
    try {
      await client.connect();
      return (await client.query(sql)).rows;
    } finally {
      await client.end().catch(() => {});
    }
  }

  #log(): string {
    return readFileSync(join(this.#folder, "log"), "utf8").split("\n").slice(-15).join("\n");
  }
}
