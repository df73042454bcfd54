import type { Hub } from "../../hub.ts";
import { fetchWithCa } from "../oidc/fetch-with-ca.ts";
import { CookieJar } from "./cookie-jar.ts";

/** What a browser shows at the end of its redirects. */
export interface Shown {
  url: URL;
  status: number;
  headers: Headers;
  body: string;
}

export interface TestBrowserOptions {
  hubUrl: string;
  /** The replica that answers the next request. */
  hub: () => Hub;
  /** Authority of the provider, PEM. */
  ca: string;
}

const mostRedirects = 20;

/** A person's browser: cookies, redirects and forms, and nothing that is not HTTP. */
export class TestBrowser {
  readonly jar = new CookieJar();
  /** Forms that were sent, by their `prompt`: login, consent. */
  readonly prompts: string[] = [];
  /** Every address that was asked. */
  readonly visited: string[] = [];
  readonly #options: TestBrowserOptions;
  readonly #fetch: ReturnType<typeof fetchWithCa>;

  constructor(options: TestBrowserOptions) {
    this.#options = options;
    this.#fetch = fetchWithCa(options.ca);
  }

  /** Goes to an address and on; stops before the first for which `until` is true, and shows that redirect. */
  async visit(address: string, { until, form }: { until?: (url: URL) => boolean; form?: string } = {}): Promise<Shown> {
    let [url, body] = [new URL(address), form];
    for (let hops = 0; hops < mostRedirects; hops += 1) {
      const shown = await this.#ask(url, body);
      const location = shown.headers.get("location");
      if (location === null) return shown;
      [url, body] = [new URL(location, url), undefined];
      if (until?.(url)) return { ...shown, url };
    }
    throw new Error(`Too many redirects: ${this.visited.slice(-4).join(" ")}`);
  }

  /** Signs in with the provider as this person wherever it asks, from an address of the hub on. */
  async signIn(address: string, login: string, options: { until?: (url: URL) => boolean } = {}): Promise<Shown> {
    let shown = await this.visit(address, options);
    for (;;) {
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(shown.body) ?? [];
      const [, prompt] = /name="prompt" value="(\w+)"/.exec(shown.body) ?? [];
      if (!action || !prompt) return shown;
      this.prompts.push(prompt);
      const form = String(new URLSearchParams({ prompt, ...(prompt === "login" && { login, password: "any" }) }));
      shown = await this.visit(new URL(action, shown.url).href, { ...options, form });
    }
  }

  /** A request of the hub's own page. */
  async call(method: string, path: string, headers: Record<string, string> = {}, body?: object): Promise<Shown> {
    const url = new URL(path, this.#options.hubUrl);
    return this.#ask(url, body && JSON.stringify(body), { method, headers });
  }

  async #ask(
    url: URL,
    body: string | undefined,
    own?: { method: string; headers: Record<string, string> },
  ): Promise<Shown> {
    this.visited.push(url.href);
    const cookie = this.jar.header(url);
    const type = own ? "application/json" : "application/x-www-form-urlencoded";
    const method = own?.method ?? (body === undefined ? "GET" : "POST");
    const headers = {
      accept: own ? "application/json" : "text/html",
      ...(cookie !== "" && { cookie }),
      ...(body !== undefined && { "content-type": type }),
      ...own?.headers,
    };
    const answer = await this.#send(url, method, headers, body);
    this.jar.take(url, answer.headers.getSetCookie());
    return { url, status: answer.status, headers: answer.headers, body: await answer.text() };
  }

  async #send(url: URL, method: string, headers: Record<string, string>, body = ""): Promise<Response> {
    const { hubUrl, hub } = this.#options;
    if (url.protocol === "http:") return fetch(url, { headers, redirect: "manual" });
    if (url.origin !== hubUrl) return this.#fetch(url.href, { method, headers, body, redirect: "manual" });
    const wanted = { method: method as "GET", url: url.pathname + url.search, headers: { host: url.host, ...headers } };
    const answer = await hub().server.inject({ ...wanted, ...(body !== "" && { payload: body }) });
    const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    );
    return new Response(answer.payload, { status: answer.statusCode, headers: new Headers(pairs) });
  }
}
