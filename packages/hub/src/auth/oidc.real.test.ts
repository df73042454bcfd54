import { type NestedCluster, parseToken } from "@inkube/api";
import { resources } from "@inkube/kube";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { startTestHub, type TestHub } from "../testing/test-hub.ts";
import { makeProjects, passthrough } from "../testing/two-projects.ts";
import { sessionCookie, signInCookiePrefix } from "./cookies.ts";
import { changingSource, hubUrl, people } from "./testing/people.ts";
import { TestBrowser } from "./testing/test-browser.ts";
import { startTestProvider, type TestProvider } from "./testing/test-provider.ts";

const oidc = changingSource();
let test: TestHub;
let provider: TestProvider;
beforeAll(async () => {
  [test, provider] = await Promise.all([startTestHub({ oidc }), startTestProvider({ accounts: people, hubUrl })]);
  oidc.state = provider.state();
  await makeProjects(test, await test.adminKey(), "red", "blue");
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});

const login = `${hubUrl}/auth/login`;
const newBrowser = (): TestBrowser => new TestBrowser({ hubUrl, hub: () => test.hub, ca: provider.ca });
const isCallback = (url: URL): boolean => url.pathname === "/auth/callback";
const isProvider = (url: URL): boolean => url.origin === provider.issuer;
const noSession = (browser: TestBrowser): void => expect(browser.jar.get(hubUrl, sessionCookie)).toBeUndefined();
const csrf = { "x-inkube-csrf": "1" };

async function signedIn(name: string): Promise<TestBrowser> {
  const browser = newBrowser();
  await browser.signIn(login, name);
  expect(browser.jar.get(hubUrl, sessionCookie)).toMatch(/^ins_/);
  return browser;
}

async function me(browser: TestBrowser): Promise<{ user?: string; groups?: string[] }> {
  return JSON.parse((await browser.call("GET", "/api/v1/me")).body);
}

describe("sign-in with a browser", () => {
  it("asks the provider for login and consent, and comes back with a session", async () => {
    const browser = newBrowser();
    const end = await browser.signIn(`${login}?return=%2Fclusters%3Fproject%3Dred`, "ann");
    expect(browser.prompts).toEqual(["login", "consent"]);
    expect(end.url.href).toBe(`${hubUrl}/clusters?project=red`);
    const asked = new URL(browser.visited[1] ?? "").searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    expect(asked.get("nonce")).toMatch(/^.{20,}$/);
    expect(await me(browser)).toMatchObject({
      user: "oidc:ann@example.com",
      groups: [
        "oidc:team-a",
        "oidc:system:masters",
        "oidc:inkube:administrators",
        "inkube:users",
        "system:authenticated",
      ],
    });
    expect(browser.jar.get(hubUrl, signInCookiePrefix)).toBeUndefined();
  });

  it("gives cookies that neither scripts nor other sites nor plain HTTP get hold of", async () => {
    const browser = newBrowser();
    const begun = await browser.visit(login, { until: isProvider });
    const back = await browser.signIn(begun.url.href, "ann", { until: isCallback });
    const done = await browser.visit(back.url.href, { until: () => true });
    for (const shown of [begun, done]) {
      const set = shown.headers.getSetCookie();
      expect(set.length).toBeGreaterThan(0);
      for (const cookie of set) expect(cookie).toMatch(/; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    }
    expect(done.headers.getSetCookie().at(-1)).toMatch(/^inkube-session=ins_[^;]+; Max-Age=14400;/);
    expect(done.headers.get("cache-control")).toBe("no-store");
    expect(done.headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("is in the audit log with who it was, and without code or token", async () => {
    const browser = await signedIn("bob");
    const { items } = await test.store.audit.list({ limit: 200, actor: "oidc:bob@example.com" });
    const { id } = parseToken(browser.jar.get(hubUrl, sessionCookie) ?? "") ?? {};
    const row = items.find(({ keyId }) => keyId === id);
    expect(row).toMatchObject({
      action: "sign-in",
      kind: "Session",
      actorType: "user",
      status: 302,
      path: "/auth/callback",
    });
  });

  it.each(["//evil.example", "/\\evil.example", "https://evil.example/"])("does not lead on to %s", async (to) => {
    const end = await newBrowser().signIn(`${login}?return=${encodeURIComponent(to)}`, "ann");
    expect(end.url.href).toBe(`${hubUrl}/`);
  });

  it("works in several tabs at once, and forgets those that nobody finishes", async () => {
    const browser = newBrowser();
    const tabs = [];
    for (let tab = 0; tab < 3; tab += 1) tabs.push(await browser.visit(login, { until: isProvider }));
    for (const { url } of tabs) expect((await browser.signIn(url.href, "ann")).url.href).toBe(`${hubUrl}/`);
    for (let tab = 0; tab < 30; tab += 1) await browser.visit(login, { until: isProvider });
    expect(browser.jar.header(new URL(hubUrl)).length).toBeLessThan(5_000);
  });

  it("is begun at one replica, finished at another, and counts at every", async () => {
    const other = await test.replica();
    let answering = test.hub;
    const browser = new TestBrowser({ hubUrl, hub: () => answering, ca: provider.ca });
    const begun = await browser.visit(login, { until: isProvider });
    answering = other;
    expect((await browser.signIn(begun.url.href, "bob")).url.href).toBe(`${hubUrl}/`);
    expect((await me(browser)).user).toBe("oidc:bob@example.com");
    answering = test.hub;
    expect((await me(browser)).user).toBe("oidc:bob@example.com");
    await other.stop();
  });
});

describe("sign-in is refused", () => {
  async function backFrom(browser: TestBrowser, change: (url: URL) => void = () => undefined): Promise<URL> {
    const { url } = await browser.visit(login, { until: isProvider });
    change(url);
    const back = await browser.signIn(url.href, "ann", { until: isCallback });
    expect(back.url.searchParams.get("code")).toBeTruthy();
    return back.url;
  }

  it.each<[string, (url: URL) => void, string]>([
    [
      "with a state that another sign-in had",
      (url) => url.searchParams.set("state", "x".repeat(43)),
      "not begun in this browser",
    ],
    ["with an ID token for another nonce", (url) => url.searchParams.set("nonce", "another"), "answer does not count"],
    [
      "with a code for another PKCE verifier",
      (url) => url.searchParams.set("code_challenge", "A".repeat(43)),
      "does not take this code",
    ],
  ])("%s", async (_, change, words) => {
    const browser = newBrowser();
    const end = await browser.visit((await backFrom(browser, change)).href);
    expect([end.status, end.body]).toEqual([401, expect.stringContaining(words)]);
    noSession(browser);
  });

  it("with a code that was used already", async () => {
    const browser = newBrowser();
    const begun = await browser.visit(login, { until: isProvider });
    const before = begun.headers.getSetCookie();
    const back = await browser.signIn(begun.url.href, "ann", { until: isCallback });
    expect((await browser.visit(back.url.href)).url.pathname).toBe("/");
    const without = await browser.visit(back.url.href);
    expect([without.status, without.body]).toEqual([401, expect.stringContaining("not begun in this browser")]);
    browser.jar.take(new URL(hubUrl), before);
    const again = await browser.visit(back.url.href);
    expect([again.status, again.body]).toEqual([401, expect.stringContaining("does not take this code")]);
  });

  it("in another browser than the one that began it", async () => {
    const stranger = newBrowser();
    const end = await stranger.visit((await backFrom(newBrowser())).href);
    expect([end.status, end.body]).toEqual([401, expect.stringContaining("not begun in this browser")]);
    noSession(stranger);
  });

  it("with a cookie that was changed, or taken from another sign-in", async () => {
    const browser = newBrowser();
    const back = await backFrom(browser);
    const kept = browser.jar.get(hubUrl, signInCookiePrefix) ?? "";
    const other = newBrowser();
    await backFrom(other);
    const foreign = other.jar.get(hubUrl, signInCookiePrefix) ?? "";
    expect(foreign).not.toBe("");
    // The very last letter has bits that mean nothing.
    const letter = kept.at(-3) === "A" ? "B" : "A";
    for (const value of [
      kept.slice(0, -3) + letter + kept.slice(-2),
      kept.replace(/\.[^.]{8}/, ".AAAAAAAA"),
      "x",
      foreign,
    ]) {
      browser.jar.change(hubUrl, signInCookiePrefix, () => value);
      expect((await browser.visit(back.href)).body, value).toContain("not begun in this browser");
    }
    browser.jar.change(hubUrl, signInCookiePrefix, () => kept);
    expect((await browser.visit(back.href)).url.pathname).toBe("/");
  });

  it("when the email address is not verified, or there is none", async () => {
    for (const [name, words] of [
      ["eve", "email address is not verified"],
      ["nil", "does not say your email"],
    ] as const) {
      const browser = newBrowser();
      const end = await browser.signIn(login, name);
      expect([end.status, end.body]).toEqual([401, expect.stringContaining(words)]);
      noSession(browser);
    }
  });

  it("when the person gives up at the provider", async () => {
    const browser = newBrowser();
    const form = await browser.visit(login);
    const end = await browser.visit(`${form.url.href}/abort`);
    expect([end.status, end.body]).toEqual([401, expect.stringContaining("End-User aborted interaction")]);
    expect(end.headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});

describe("what somebody who signed in may do", () => {
  it("is what roles of his groups say, and nobody else's", async () => {
    await test.admin.create(resources.rolebindings, {
      metadata: { name: "team-a", namespace: "red" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "inkube:nested-cluster-viewer" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "oidc:team-a" }],
    });
    const [ann, bob] = [await signedIn("ann"), await signedIn("bob")];
    const namesSeenBy = async (browser: TestBrowser): Promise<string[]> => {
      const { items } = JSON.parse((await browser.call("GET", "/api/v1/clusters")).body) as { items: NestedCluster[] };
      return items.map(({ metadata }) => metadata.name);
    };
    const paths = [
      "/api/v1/projects/red/clusters/red-one",
      passthrough("red"),
      "/api/v1/projects/blue/clusters/blue-one",
    ];
    const statuses = async (browser: TestBrowser) =>
      Promise.all(paths.map(async (path) => (await browser.call("GET", path)).status));
    await eventually(async () => expect(await namesSeenBy(ann)).toEqual(["red-one"]));
    expect(await statuses(ann)).toEqual([200, 200, 403]);
    expect(await namesSeenBy(bob)).toEqual([]);
    expect(await statuses(bob)).toEqual([403, 403, 403]);
    expect((await ann.call("DELETE", paths[0] ?? "", csrf)).status).toBe(403);
    // A group of this name that did not come from the provider is another group.
    const local = await test.keyFor("local", ["team-a"]);
    expect((await test.call(local, "GET", paths[0] ?? "")).statusCode).toBe(403);
  });

  it("never makes him an administrator by the name of a group", async () => {
    const ann = await signedIn("ann");
    expect((await ann.call("DELETE", "/api/v1/hosts/local", csrf)).status).toBe(403);
    expect((await ann.call("POST", "/api/v1/projects", csrf, { name: "mine" })).status).toBe(403);
    expect((await ann.call("GET", "/kubernetes/api/v1/namespaces/red/secrets")).status).toBe(403);
  });

  it("counts by a cookie only when the hub's own page asks", async () => {
    const bob = await signedIn("bob");
    const key = { name: "made" };
    const make = async (headers: Record<string, string>) =>
      (await bob.call("POST", "/api/v1/keys", headers, key)).status;
    expect(await make({})).toBe(403);
    expect(await make({ origin: "https://evil.example" })).toBe(403);
    expect(await make({ origin: hubUrl })).toBe(201);
    expect((await bob.call("POST", "/api/v1/keys", csrf, { name: "other" })).status).toBe(201);
    const token = bob.jar.get(hubUrl, sessionCookie);
    expect((await test.call(token, "POST", "/api/v1/keys", { name: "by token" })).statusCode).toBe(201);
    const page = await bob.call("GET", "/clusters/blue/blue-one/api/v1/namespaces/a/pods/p/proxy/");
    expect([page.status, page.body]).toEqual([403, expect.stringContaining("the hub's own pages")]);
    expect((await bob.call("POST", "/auth/logout")).status).toBe(403);
    expect((await me(bob)).user).toBe("oidc:bob@example.com");
  });
});

describe("a session", () => {
  const gone = (browser: TestBrowser) =>
    eventually(async () => expect((await browser.call("GET", "/api/v1/me")).status).toBe(401));

  it("ends at once when he signs out, at every place where its cookie still is", async () => {
    const [ann, other] = [await signedIn("ann"), await signedIn("ann")];
    const token = ann.jar.get(hubUrl, sessionCookie);
    const out = await ann.call("POST", "/auth/logout", csrf);
    expect(JSON.parse(out.body)).toEqual({ ended: true });
    noSession(ann);
    await eventually(async () => expect((await test.call(token, "GET", "/api/v1/me")).statusCode).toBe(401));
    expect((await me(other)).user).toBe("oidc:ann@example.com");
    const again = await ann.call("POST", "/auth/logout", csrf);
    expect(JSON.parse(again.body)).toEqual({ ended: false });
  });

  it("is ended by its owner and by administrators, and by nobody else", async () => {
    const [ann, bob, admin] = [await signedIn("ann"), await signedIn("bob"), await test.adminKey()];
    const idOf = (browser: TestBrowser) => parseToken(browser.jar.get(hubUrl, sessionCookie) ?? "")?.id ?? "";
    const listed = await eventually(async () => {
      const { items } = (await test.call(admin, "GET", "/api/v1/sessions")).json() as { items: { id: string }[] };
      expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining([idOf(ann), idOf(bob)]));
      return items;
    });
    expect(JSON.stringify(listed)).not.toMatch(/ins_|hash"/i);
    const bobs = JSON.parse((await bob.call("GET", "/api/v1/sessions")).body) as { items: { user: string }[] };
    expect(new Set(bobs.items.map(({ user }) => user))).toEqual(new Set(["oidc:bob@example.com"]));
    expect((await bob.call("DELETE", `/api/v1/sessions/${idOf(ann)}`, csrf)).status).toBe(404);
    expect((await me(ann)).user).toBe("oidc:ann@example.com");
    expect((await test.call(admin, "DELETE", `/api/v1/sessions/${idOf(ann)}`)).statusCode).toBe(200);
    await gone(ann);
    expect((await bob.call("DELETE", `/api/v1/sessions/${idOf(bob)}`, csrf)).status).toBe(200);
    await gone(bob);
    const { id } = (await test.call(admin, "POST", "/api/v1/keys", { name: "no session" })).json() as { id: string };
    expect((await test.call(admin, "DELETE", `/api/v1/sessions/${id}`)).statusCode).toBe(404);
  });

  it("is refused after its end", async () => {
    const wanted = { kind: "session" as const, subject: "oidc:bob@example.com", name: "browser" };
    const expiresAt = new Date(Date.now() - 1_000).toISOString();
    const { token } = await test.credentials.issue({ ...wanted, expiresAt });
    const browser = newBrowser();
    browser.jar.take(new URL(hubUrl), [`${sessionCookie}=${token}; Path=/; Secure`]);
    const answer = await browser.call("GET", "/api/v1/me");
    expect([answer.status, answer.body]).toEqual([401, expect.stringContaining("has expired")]);
  });

  it("is one of at most twenty: the oldest ends", async () => {
    const admin = await test.adminKey();
    const first = await signedIn("bob");
    const browser = await signedIn("bob");
    for (let tab = 0; tab < 22; tab += 1) {
      const before = browser.jar.get(hubUrl, sessionCookie);
      // So many in a row from one address have to wait now and then.
      await eventually(async () => {
        await browser.signIn(login, "bob");
        expect(browser.jar.get(hubUrl, sessionCookie)).not.toBe(before);
      });
      await eventually(async () => expect((await me(browser)).user).toBe("oidc:bob@example.com"));
    }
    await gone(first);
    const { items } = (await test.call(admin, "GET", "/api/v1/sessions")).json() as { items: { user: string }[] };
    expect(items.filter(({ user }) => user === "oidc:bob@example.com").length).toBeLessThanOrEqual(21);
  });
});

describe("the configuration", () => {
  it("may change while the hub runs: another provider, which says everything in the ID token", async () => {
    await using other = await startTestProvider({
      accounts: people,
      hubUrl,
      claimsIn: "id-token",
      clientAuth: "client_secret_post",
    });
    oidc.state = other.state({ usernameClaim: "sub", groupsClaim: "groups", sessionMinutes: 10 });
    const browser = new TestBrowser({ hubUrl, hub: () => test.hub, ca: other.ca });
    await browser.signIn(login, "eve");
    expect(await me(browser)).toMatchObject({ user: "oidc:eve", groups: expect.arrayContaining(["oidc:team-a"]) });
    oidc.state = other.state({ clientSecret: "wrong" });
    const refused = await new TestBrowser({ hubUrl, hub: () => test.hub, ca: other.ca }).signIn(login, "ann");
    expect([refused.status, refused.body]).toEqual([502, expect.stringContaining("refuses this hub")]);
    await other[Symbol.asyncDispose]();
    oidc.state = other.state();
    const away = await newBrowser().visit(login);
    expect([away.status, away.body]).toEqual([503, expect.stringContaining("does not answer")]);
    oidc.state = provider.state({ ca: other.ca });
    expect((await newBrowser().visit(login)).status).toBe(503);
    oidc.state = provider.state();
    expect((await me(await signedIn("ann"))).user).toBe("oidc:ann@example.com");
  });

  it.each([
    ["off", 404, "has no sign-in with OpenID Connect"],
    ["broken", 502, "not configured well"],
  ] as const)("that is %s is told with what to do, and keys go on working", async (kind, status, words) => {
    oidc.state = { kind };
    const answer = await newBrowser().call("GET", "/auth/login");
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(words)]);
    expect(answer.body).toContain("--token-file");
    const page = await newBrowser().visit(login);
    expect([page.status, page.headers.get("content-type")]).toEqual([status, expect.stringContaining("text/html")]);
    const methods = await newBrowser().call("GET", "/auth/methods");
    expect(JSON.parse(methods.body)).toMatchObject({ url: hubUrl, oidc: { ready: false } });
    expect((await test.call(await test.adminKey(), "GET", "/api/v1/me")).statusCode).toBe(200);
    oidc.state = provider.state();
  });
});

it("no secret of all this is in the log", () => {
  const text = JSON.stringify(test.log.entries);
  expect(text).toContain("OpenID Connect provider refused or failed");
  expect(text).not.toMatch(/ins_[a-z2-7]{16}_/);
  expect(text).not.toContain(provider.clientSecret);
  expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{20}/);
});
