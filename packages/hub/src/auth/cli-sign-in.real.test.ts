import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "@inkube/cli";
import { systemClock } from "@inkube/kube";
import { FakeClock } from "@inkube/kube/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CapturedIo, capturedIo } from "../../../cli/src/testing/captured-io.ts";
import { type ServedAdmission, serveAdmission } from "../admission/testing/serve-admission.ts";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { changingSource, hubUrl, people } from "./testing/people.ts";
import { type Shown, TestBrowser } from "./testing/test-browser.ts";
import { startTestProvider, type TestProvider } from "./testing/test-provider.ts";

const oidc = changingSource();
let test: TestHub;
let provider: TestProvider;
/** The hub by HTTPS, as the command line reaches it; browsers know it by its name. */
let served: ServedAdmission;
let folder: string;
beforeAll(async () => {
  [test, provider] = await Promise.all([startTestHub({ oidc }), startTestProvider({ accounts: people, hubUrl })]);
  oidc.state = provider.state();
  served = await serveAdmission(() => test.hub.server);
  folder = await mkdtemp(join(tmpdir(), "inkube-login-"));
  await writeFile(join(folder, "ca.pem"), served.ca);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await served.close();
  await provider[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const newBrowser = (): TestBrowser => new TestBrowser({ hubUrl, hub: () => test.hub, ca: provider.ca });
const isLoopback = (url: URL): boolean => url.protocol === "http:";
const config = (): string => join(folder, "hubs.json");

interface Started {
  io: CapturedIo;
  code: Promise<number>;
  /** The address that was printed for the browser. */
  address(): Promise<string>;
}

function start(
  words: string[],
  options: Partial<Parameters<typeof run>[1]> & { onBrowser?: (url: string) => Promise<void> } = {},
) {
  const { onBrowser, ...rest } = options;
  const io = capturedIo({ env: { INKUBE_CONFIG: config() }, ...(onBrowser && { onBrowser }) });
  const signal = new AbortController().signal;
  const code = run(words, { io, signal, clock: systemClock, ...rest });
  const address = () =>
    eventually(() => {
      const [found] = /https:\S+\/auth\/cli\?\S+/.exec(io.err) ?? [];
      if (!found) throw new Error(`No address in: ${io.err}`);
      return found;
    });
  return { io, code, address } satisfies Started;
}

const login = (): string[] => ["login", served.url, "--ca-file", join(folder, "ca.pem")];

/** Nothing listens any more where the command line did. */
async function expectDeaf(address: string): Promise<void> {
  const port = new URL(address).searchParams.get("port");
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
}

describe("inkube login", () => {
  it("opens a browser, waits for the person, and keeps the session where only its owner reads it", async () => {
    const browser = newBrowser();
    let end: Shown | undefined;
    const { io, code, address } = start(login(), {
      onBrowser: async (url) => {
        end = await browser.signIn(url, "ann");
      },
    });
    expect(await code, io.err).toBe(0);
    expect(io.out).toBe(`Signed in to ${served.url} as oidc:ann@example.com\n`);
    expect(await address()).toContain(`${hubUrl}/auth/cli?port=`);
    await eventually(() => expect(end?.body).toContain("You are signed in"));
    expect(browser.prompts).toEqual(["login", "consent"]);
    expect(browser.jar.get(hubUrl, "inkube-session")).toBeUndefined();
    expect((await stat(config())).mode & 0o777).toBe(0o600);
    const { hubs } = JSON.parse(await readFile(config(), "utf8")) as { hubs: { token: string; expiresAt: string }[] };
    expect(hubs[0]?.token).toMatch(/^ins_/);
    expect(io.out + io.err).not.toContain(hubs[0]?.token.slice(-20));
    await expectDeaf(await address());
    const listed = start(["key", "create", "made-by-session"]);
    expect(await listed.code, listed.io.err).toBe(0);
    const { items } = await test.store.audit.list({ limit: 50, actor: "oidc:ann@example.com" });
    expect(items.map(({ action, path }) => [action, path])).toEqual(
      expect.arrayContaining([
        ["sign-in", "/auth/callback"],
        ["sign-in", "/auth/token"],
        ["create", "/api/v1/keys"],
      ]),
    );
    expect(JSON.stringify(items)).not.toContain("eyJ");
  });

  it("ends its session at the hub with inkube logout", async () => {
    const { hubs } = JSON.parse(await readFile(config(), "utf8")) as { hubs: { token: string }[] };
    const token = hubs[0]?.token;
    expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(200);
    const out = start(["logout"]);
    expect(await out.code, out.io.err).toBe(0);
    expect(out.io.err).toBe("");
    await eventually(async () => expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(401));
  });

  it("only prints the address with --no-browser, and does not mind who else knocks", async () => {
    let opened = false;
    const { io, code, address } = start([...login(), "--no-browser", "-o", "json"], {
      onBrowser: async () => {
        opened = true;
      },
    });
    const printed = await address();
    const port = new URL(printed).searchParams.get("port");
    for (const path of ["/?code=x&state=wrong", "/?code=x", "/favicon.ico", "/x?state=y"]) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
    }
    await newBrowser().signIn(printed, "bob");
    expect(await code, io.err).toBe(0);
    expect(JSON.parse(io.out)).toEqual({ url: served.url, user: "oidc:bob@example.com" });
    expect(opened).toBe(false);
  });

  it("says at once in the terminal why somebody is not let in", async () => {
    let end: Shown | undefined;
    const browser = newBrowser();
    const { io, code, address } = start(login(), {
      onBrowser: async (url) => {
        end = await browser.signIn(url, "eve");
      },
    });
    expect(await code).toBe(6);
    expect(io.err).toContain("your email address is not verified there");
    await eventually(() => expect(end?.body).toContain("You are not signed in"));
    await expectDeaf(await address());
  });

  it("stops cleanly at Ctrl-C", async () => {
    const person = new AbortController();
    const { io, code, address } = start(login(), { signal: person.signal });
    const printed = await address();
    person.abort();
    expect(await code, io.err).toBe(130);
    await expectDeaf(printed);
  });

  it("waits for five minutes", async () => {
    const clock = new FakeClock();
    const { io, code, address } = start(login(), { clock });
    const printed = await address();
    await clock.advance(299_000);
    expect((await fetch(`http://127.0.0.1:${new URL(printed).searchParams.get("port")}/`)).status).toBe(404);
    await clock.advance(2_000);
    expect(await code).toBe(8);
    expect(io.err).toContain("Nobody signed in within five minutes");
    await expectDeaf(printed);
  });

  it.each(["off", "broken"] as const)("says what to do where OpenID Connect is %s", async (kind) => {
    oidc.state = { kind };
    const { io, code } = start(login());
    expect(await code).toBe(2);
    expect(io.err).toContain("--token-file");
    expect(io.err).not.toContain("/auth/cli");
    oidc.state = provider.state();
  });
});

describe("the code that a browser brings", () => {
  const verifier = "v".repeat(43);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const state = "s".repeat(43);
  const cli = (changed: Record<string, string> = {}): string =>
    `${hubUrl}/auth/cli?${new URLSearchParams({ port: "4000", state, challenge, ...changed })}`;
  const redeem = async (code: string, proof = verifier) =>
    (await test.call(undefined, "POST", "/auth/token", { code, verifier: proof })).statusCode;

  it("is good once, for who began it, on this machine, and is no credential", async () => {
    const { url } = await newBrowser().signIn(cli(), "ann", { until: isLoopback });
    expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:4000\/\?/);
    expect(url.searchParams.get("state")).toBe(state);
    const code = url.searchParams.get("code") ?? "";
    expect((await test.call(code, "GET", "/api/v1/me")).statusCode).toBe(401);
    expect(await redeem(code, "w".repeat(43))).toBe(401);
    // The very last letter has bits that mean nothing.
    expect(await redeem(code.slice(0, -3) + (code.at(-3) === "A" ? "B" : "A") + code.slice(-2))).toBe(401);
    const statuses = await Promise.all(Array.from({ length: 4 }, () => redeem(code)));
    expect(statuses.sort()).toEqual([200, 401, 401, 401]);
    expect(await redeem(code)).toBe(401);
  });

  it.each<Record<string, string>>([
    { port: "80" },
    { port: "70000" },
    { port: "4000@evil.example" },
    { state: "short" },
    { challenge: "plain" },
    { challenge: "x".repeat(44) },
  ])("is not given for %j", async (changed) => {
    const answer = await newBrowser().visit(cli(changed));
    expect(answer.status).toBe(422);
  });
});
