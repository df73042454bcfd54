import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@inkube/api";
import type { Globals } from "../globals.ts";
import type { Io } from "../io.ts";
import { writePrivateFile } from "../kubeconfig/private-file.ts";

/** A hub that somebody signed in to. */
export interface SignedIn {
  url: string;
  /** Authority of the hub's certificate, PEM; absent when the machine's own list will do. */
  ca?: string;
  token: string;
  user: string;
  /** When the token ends, as far as that is known. */
  expiresAt?: string;
}

interface HubConfig {
  /** URL of the hub that commands talk to. */
  current?: string;
  hubs: SignedIn[];
}

/** Where sign-ins are kept, readable by their owner only. */
export function hubConfigPath({ env, home }: Pick<Io, "env" | "home">): string {
  return env.INKUBE_CONFIG ?? join(env.XDG_CONFIG_HOME ?? join(home, ".config"), "inkube", "hubs.json");
}

/** The hub that options and environment name, or the one of the last sign-in; undefined when there is none. */
export async function signedIn(
  globals: Pick<Globals, "hub">,
  io: Pick<Io, "env" | "home">,
): Promise<SignedIn | undefined> {
  const config = await read(io);
  const wanted = globals.hub ?? io.env.INKUBE_HUB ?? config.current;
  if (wanted === undefined) return undefined;
  const url = normalUrl(wanted);
  const known = config.hubs.find((hub) => hub.url === url);
  const token = io.env.INKUBE_TOKEN;
  if (token) return { user: "", ...known, url, token };
  if (known) return known;
  throw new AppError("AUTH_REQUIRED", `You have not signed in to ${url}`, { todo: `Run inkube login ${url}.` });
}

/** Like {@link signedIn}. Throws AppError AUTH_REQUIRED when there is none. */
export async function mustBeSignedIn(globals: Pick<Globals, "hub">, io: Pick<Io, "env" | "home">): Promise<SignedIn> {
  const hub = await signedIn(globals, io);
  if (hub) return hub;
  throw new AppError("AUTH_REQUIRED", "You have not signed in to any hub", { todo: "Run inkube login URL." });
}

/** Keeps a sign-in and makes it the one that commands use. */
export async function rememberSignIn(hub: SignedIn, io: Pick<Io, "env" | "home">): Promise<void> {
  const { hubs } = await read(io);
  const others = hubs.filter(({ url }) => url !== hub.url);
  await write({ current: hub.url, hubs: [...others, hub] }, io);
}

/** Forgets a sign-in. False when there was none. */
export async function forgetSignIn(url: string, io: Pick<Io, "env" | "home">): Promise<boolean> {
  const { current, hubs } = await read(io);
  const left = hubs.filter((hub) => hub.url !== url);
  await write({ ...(current && current !== url && { current }), hubs: left }, io);
  return left.length < hubs.length;
}

/** Forgets what was signed in to at this very hub, not at another that has its address by now. */
export async function forgetHub(
  { url, ca }: Pick<SignedIn, "url" | "ca">,
  io: Pick<Io, "env" | "home">,
): Promise<void> {
  const { hubs } = await read(io);
  if (hubs.some((hub) => hub.url === url && hub.ca === ca)) await forgetSignIn(url, io);
}

/** `https://host[:port]`. Throws AppError USAGE. */
export function normalUrl(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`);
  if (url?.protocol === "https:" && url.hostname !== "") return url.origin;
  throw new AppError("USAGE", `${text} is not the address of a hub`, {
    todo: "Write https://host or https://host:port.",
  });
}

async function read(io: Pick<Io, "env" | "home">): Promise<HubConfig> {
  const path = hubConfigPath(io);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return '{"hubs":[]}';
    throw new AppError("USAGE", `${path} cannot be read: ${error.code}`, { cause: error });
  });
  try {
    return JSON.parse(text) as HubConfig;
  } catch (error) {
    throw new AppError("USAGE", `${path} is damaged`, { todo: "Remove it and sign in again.", cause: error });
  }
}

function write(config: HubConfig, io: Pick<Io, "env" | "home">): Promise<void> {
  return writePrivateFile(hubConfigPath(io), `${JSON.stringify(config, null, 2)}\n`);
}
