import { AppError } from "@inkube/api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStoreUrl } from "./store-url.ts";

describe("the URL of the history", () => {
  it.each([
    ["sqlite:/a/b.db", { kind: "sqlite", path: "/a/b.db" }],
    ["sqlite::memory:", { kind: "sqlite", path: ":memory:" }],
    ["postgres://u:p@h/d", { host: "h", port: 5432, user: "u", password: "p", database: "d", tls: "disable" }],
    ["postgresql://u@h:6543/d?sslmode=verify-full", { port: 6543, tls: "verify-full", name: "postgres://u@h:6543/d" }],
    ["postgres://u:p%40%2F%23%3F@[::1]/d", { host: "::1", password: "p@/#?" }],
    ["postgres:///d?host=/run/pg&sslrootcert=/ca.pem", { host: "/run/pg", database: "d", authority: "/ca.pem" }],
  ])("reads %s", (url, expected) => {
    expect(readStoreUrl(url)).toMatchObject(expected);
  });

  const secret = "s3cr3t";
  it.each([
    "",
    "sqlite:",
    `mysql://u:${secret}@h/d`,
    `postgres://u:${secret}@h`,
    `postgres://u:${secret}@/d`,
    `postgres://u:${secret}@h/d?sslmode=${secret}`,
    `postgres://u:${secret}@h/d?password=${secret}`,
    `postgres://u:a/${secret}@h/d`,
    `postgres://u:1/${secret}@h/d`,
    `postgres://u:1#${secret}@h/d`,
    `postgres://u:1?${secret}@h/d`,
    `postgres://u:1?${secret}=@h/d`,
    `postgres://u:%${secret}@h/d`,
    `postgres://u:${secret}@h:99999/d`,
  ])("refuses %s without repeating it", (url) => {
    expect(() => readStoreUrl(url)).toThrow(AppError);
    try {
      readStoreUrl(url);
    } catch (error) {
      const { code, message, todo, details, cause } = error as AppError;
      expect(code).toBe("USAGE");
      expect(JSON.stringify([message, todo, details, String(cause)])).not.toContain(secret);
    }
  });

  it("never shows a password in the name, whatever it is made of", () => {
    const password = fc.string({ unit: "grapheme-ascii", minLength: 6, maxLength: 20 }).map((text) => `Zq7${text}`);
    fc.assert(
      fc.property(password, fc.boolean(), (text, encode) => {
        const url = `postgres://u:${encode ? encodeURIComponent(text) : text}@h:5432/d`;
        try {
          const target = readStoreUrl(url);
          expect(target.name).not.toContain("Zq7");
          if (encode) expect(target).toMatchObject({ password: text });
        } catch (error) {
          expect(encode, String(error)).toBe(false);
          expect(error).toBeInstanceOf(AppError);
          expect(String(error)).not.toContain("Zq7");
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
