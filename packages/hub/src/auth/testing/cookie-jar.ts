interface Cookie {
  name: string;
  value: string;
  path: string;
  secure: boolean;
}

/** Cookies of one browser: by host, path and Secure, as far as the tests need them. */
export class CookieJar {
  readonly #hosts = new Map<string, Cookie[]>();

  /** Takes `Set-Cookie` headers of an answer. */
  take(url: URL, headers: readonly string[]): void {
    for (const header of headers) {
      const [pair = "", ...attributes] = header.split(/; */);
      const [name = "", ...value] = pair.split("=");
      const given = new Map(attributes.map((one) => [one.split("=")[0]?.toLowerCase() ?? "", one.split("=")[1] ?? ""]));
      const path = given.get("path") ?? "/";
      const others = this.#of(url).filter((one) => one.name !== name || one.path !== path);
      const expires = given.get("expires");
      const gone = given.get("max-age") === "0" || (expires !== undefined && Date.parse(expires) < Date.now());
      const cookie = { name, value: value.join("="), path, secure: given.has("secure") };
      this.#hosts.set(url.host, gone ? others : [...others, cookie]);
    }
  }

  /** The `Cookie` header of a request; empty when there is none. */
  header(url: URL): string {
    return this.#of(url)
      .filter(({ path, secure }) => url.pathname.startsWith(path) && (!secure || url.protocol === "https:"))
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  /** A cookie by the beginning of its name. */
  get(url: string, name: string): string | undefined {
    return this.#of(new URL(url)).find((one) => one.name.startsWith(name))?.value;
  }

  /** Changes the value of cookies whose names begin so. */
  change(url: string, name: string, change: (value: string) => string): void {
    for (const one of this.#of(new URL(url))) if (one.name.startsWith(name)) one.value = change(one.value);
  }

  #of(url: URL): Cookie[] {
    return this.#hosts.get(url.host) ?? [];
  }
}
