import { createHash, randomBytes } from "node:crypto";
import { AppError, type ErrorCode, errorTable } from "@inkube/api";
import type { CommandContext } from "../context.ts";
import { printable } from "../output/printable.ts";
import type { HubClient } from "./hub-client.ts";
import { normalUrl, type SignedIn } from "./hub-config.ts";
import { listenOnLoopback } from "./loopback-listener.ts";

const patienceMs = 5 * 60_000;

/** A session of the hub, for the command line. */
export type Session = Pick<SignedIn, "token" | "user" | "expiresAt">;

interface Methods {
  url: string;
  oidc: { ready: boolean; message?: string; todo?: string };
}

/**
 * Lets the person sign in with a browser on this machine, and waits for it: at most five minutes, or until Ctrl-C. The address is
 * always printed. Throws AppError: the hub has no such sign-in, the provider refused, nobody came in time.
 */
export async function browserSignIn(hub: HubClient, context: CommandContext, showBrowser: boolean): Promise<Session> {
  const { io } = context;
  const { url, oidc } = await hub.call<Methods>("GET", "/auth/methods");
  if (!oidc.ready) throw cannotSignIn(oidc);
  const [state, verifier] = [random(), random()];
  await using listener = await listenOnLoopback(state);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = new URLSearchParams({ port: String(listener.port), state, challenge });
  const address = `${normalUrl(url)}/auth/cli?${query}`;
  io.stderr.write(`Sign in with a browser on this machine:\n\n  ${address}\n\n`);
  if (showBrowser && !(await io.openBrowser(address)))
    io.stderr.write("No browser could be opened; open it yourself.\n");
  const answer = await inTime(listener.arrived, context);
  return hub.call<Session>("POST", "/auth/token", { code: codeIn(answer), verifier });
}

function random(): string {
  return randomBytes(32).toString("base64url");
}

function cannotSignIn({ message, todo }: Methods["oidc"]): AppError {
  return new AppError("USAGE", message ?? "This hub has no sign-in with a browser", {
    todo: todo ?? "Give an API key with --token-file FILE; an administrator of the hub can make one for you.",
  });
}

/** The clock and Ctrl-C are both asked for no longer than it takes. */
async function inTime<T>(work: Promise<T>, { clock, signal }: CommandContext): Promise<T> {
  const done = new AbortController();
  const end = clock.sleep(patienceMs, AbortSignal.any([signal, done.signal])).then(
    () => Promise.reject(tooLate()),
    () => (done.signal.aborted ? new Promise<never>(() => undefined) : Promise.reject(interrupted())),
  );
  try {
    return await Promise.race([work, end]);
  } finally {
    done.abort();
  }
}

function tooLate(): AppError {
  return new AppError("TIMEOUT", "Nobody signed in within five minutes", {
    todo: "Run inkube login again, or give an API key with --token-file FILE.",
  });
}

function interrupted(): AppError {
  return new AppError("INTERRUPTED", "Interrupted");
}

function codeIn(answer: URLSearchParams): string {
  const code = answer.get("code");
  if (code !== null) return code;
  const said = answer.get("error") ?? "";
  const known: ErrorCode = said in errorTable ? (said as ErrorCode) : "AUTH_REQUIRED";
  throw new AppError(known, printable(answer.get("message") ?? "The hub did not let you in"), {
    todo: printable(answer.get("todo") ?? "Run inkube login again."),
  });
}
