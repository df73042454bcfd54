import { describe, expect, it } from "vitest";
import { clearCookie, readCookies, setCookie } from "./cookies.ts";

describe("cookies", () => {
  it("are read by name, the first of those that come twice", () => {
    const read = readCookies("a=1;b = x=y ; inkube-session=first; inkube-session=second; __proto__=p; flag; =nameless");
    expect([...read]).toEqual([
      ["a", "1"],
      ["b", "x=y"],
      ["inkube-session", "first"],
      ["__proto__", "p"],
      ["", "nameless"],
    ]);
    expect(readCookies(undefined).size).toBe(0);
  });

  it("are hidden from scripts, from plain HTTP and from what other sites send", () => {
    expect(setCookie("a", "b.c-d_e", 60)).toBe("a=b.c-d_e; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax");
    expect(clearCookie("a")).toContain("a=; Max-Age=0;");
  });

  it.each(["a;b", "a b", "a\r\nb", "ä"])("cannot hold %j", (value) => {
    expect(() => setCookie("a", value, 60)).toThrow(TypeError);
  });
});
