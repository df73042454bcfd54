import { readFile } from "node:fs/promises";
import { AppError, isAppError, parseToken } from "@inkube/api";
import { administratorToken } from "@inkube/hub/setup";
import { createClient, loadKubeconfig } from "@inkube/kube";
import type { CommandContext } from "../context.ts";
import { embeddedHost } from "../host-access.ts";
import { browserSignIn } from "../hub/browser-sign-in.ts";
import { type HubFacts, readHubFacts } from "../hub/embedded-hub.ts";
import { openHub } from "../hub/hub-client.ts";
import { forgetSignIn, mustBeSignedIn, normalUrl, rememberSignIn, signedIn } from "../hub/hub-config.ts";

export interface SignInFlags {
  url: string | undefined;
  tokenFile: string | undefined;
  caFile: string | undefined;
  /** Open a browser where one is needed. */
  browser: boolean;
}

/** Signs in and remembers it. Throws AppError when the hub does not take the credential. */
export async function signIn(flags: SignInFlags, context: CommandContext): Promise<void> {
  const { io, globals, signal } = context;
  const place = await wantedHub(flags, context);
  const given = await readToken(flags.tokenFile, context);
  // Another hub is not told this machine's secrets.
  const isNamed = (flags.url ?? globals.hub) !== undefined;
  const shown = given ?? (isNamed ? undefined : await embeddedToken(place, context));
  const hub = await openHub(place, { signal, ...(shown !== undefined && { token: shown }) });
  try {
    const signed = shown === undefined ? await browserSignIn(hub, context, flags.browser) : await redeem(hub, shown);
    await rememberSignIn({ ...place, ...signed }, io);
    if (globals.output === "json") io.stdout.write(`${JSON.stringify({ url: place.url, user: signed.user })}\n`);
    else io.stdout.write(`Signed in to ${place.url} as ${signed.user}\n`);
  } finally {
    await hub.close();
  }
}

/** A one-time token is exchanged for a key; any other is only tried. */
async function redeem(
  hub: Awaited<ReturnType<typeof openHub>>,
  token: string,
): Promise<{ token: string; user: string }> {
  if (parseToken(token)?.kind === "first-admin") return hub.call("POST", "/api/v1/setup");
  const { user } = await hub.call<{ user: string }>("GET", "/api/v1/me");
  return { token, user };
}

async function wantedHub(flags: SignInFlags, context: CommandContext): Promise<HubFacts> {
  const ca =
    flags.caFile === undefined ? undefined : await readFile(flags.caFile, "utf8").catch(cannotRead(flags.caFile));
  const wanted = flags.url ?? context.globals.hub;
  if (wanted !== undefined) return { url: normalUrl(wanted), ...(ca && { ca }) };
  const facts = await readHubFacts(embeddedHost(context.globals, context.io).dir);
  if (facts) return facts;
  throw new AppError("USAGE", "No hub was named, and there is none on an embedded host of this machine", {
    todo: "Run inkube login URL, or make one with inkube up.",
  });
}

async function readToken(file: string | undefined, { io }: CommandContext): Promise<string | undefined> {
  if (file === undefined) return io.env.INKUBE_TOKEN;
  const text = file === "-" ? await io.readStdin() : await readFile(file, "utf8").catch(cannotRead(file));
  const token = text.trim();
  if (parseToken(token)) return token;
  throw new AppError("USAGE", `${file === "-" ? "Standard input" : file} holds no token of a hub`, {
    todo: "A token looks like ink_…; copy all of it.",
  });
}

/** Who has signed in stays who he is; else whoever may write the Secrets beside the hub becomes its administrator. */
async function embeddedToken(place: HubFacts, context: CommandContext): Promise<string> {
  const { globals, io, clock, signal } = context;
  const known = await knownToken(place, context);
  if (known !== undefined) return known;
  const client = createClient(await loadKubeconfig({ path: embeddedHost(globals, io).kubeconfigPath }));
  try {
    return await administratorToken({ client, clock }, signal);
  } finally {
    await client.close();
  }
}

/**
 * The token of an earlier sign-in, as long as the hub takes it. The hub is known by what lies beside its host: one that was made anew
 * has the same address and another authority.
 */
async function knownToken(place: HubFacts, { io, signal }: CommandContext): Promise<string | undefined> {
  const known = await signedIn({ hub: place.url }, io).catch(() => undefined);
  if (!known) return undefined;
  const hub = await openHub(place, { signal, token: known.token });
  try {
    await hub.call("GET", "/api/v1/me");
    return known.token;
  } catch (error) {
    if (isAppError(error, "AUTH_REQUIRED")) return undefined;
    throw error;
  } finally {
    await hub.close();
  }
}

/** Forgets the sign-in in use; a session ends at the hub too, an API key stays. */
export async function signOut({ globals, io, signal }: CommandContext): Promise<void> {
  const known = await mustBeSignedIn(globals, io);
  const { url, token } = known;
  if (parseToken(token)?.kind === "session") {
    const hub = await openHub(known, { signal, token });
    await hub
      .call("POST", "/auth/logout")
      .catch(() => io.stderr.write(`${url} could not be told; the session ends by itself at ${known.expiresAt}.\n`))
      .finally(() => hub.close());
  }
  await forgetSignIn(url, io);
  io.stdout.write(`Signed out of ${url}\n`);
}

/** An ExecCredential, as kubectl reads it. */
export async function printToken({ globals, io }: CommandContext): Promise<void> {
  const { token, expiresAt } = await mustBeSignedIn(globals, io);
  const status = { token, ...(expiresAt !== undefined && { expirationTimestamp: expiresAt }) };
  const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status };
  io.stdout.write(`${JSON.stringify(credential)}\n`);
}

function cannotRead(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw new AppError("USAGE", `${path} cannot be read: ${error.code ?? error.message}`, { cause: error });
  };
}
