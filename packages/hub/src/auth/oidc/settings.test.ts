import { describe, expect, it } from "vitest";
import { parseOidcSettings } from "./settings.ts";

const secret = "hush-hush-hush";
const least = { issuer: "https://id.example.com/realm", clientId: "hub", clientSecret: secret };
const noFile = (): string => {
  throw new Error("There is no file");
};
const parse = (value: unknown, readCa: (path: string) => string = noFile) =>
  parseOidcSettings(JSON.stringify(value), readCa);

function failure(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ code: "SPEC_INVALID" });
    return (error as Error).message;
  }
  throw new Error("It was taken");
}

describe("parseOidcSettings", () => {
  it("needs little and says the rest", () => {
    expect(parse(least)).toEqual({
      ...least,
      scopes: ["openid", "email", "profile"],
      usernameClaim: "email",
      requireVerifiedEmail: true,
      groupsClaim: "groups",
      sessionMinutes: 240,
    });
  });

  it("always asks for openid", () => {
    expect(parse({ ...least, scopes: ["groups"] }).scopes).toEqual(["openid", "groups"]);
  });

  it.each([
    [{ ...least, issuer: "http://id.example.com" }, "issuer: must be an https URL"],
    [{ ...least, clientId: "" }, "clientId: "],
    [{ issuer: least.issuer }, "clientId: "],
    [{ ...least, usernameclaim: "sub" }, "usernameclaim"],
    [{ ...least, sessionMinutes: 1 }, "sessionMinutes: "],
    [{ ...least, ca: "no certificate" }, "ca: holds no certificate"],
    [{ ...least, scopes: ["a b"] }, "scopes.0: is not a scope"],
    [[], "expected object"],
  ])("names what is wrong with %j", (value, words) => {
    const message = failure(() => parse(value));
    expect(message).toContain(words);
    expect(message).not.toContain(secret);
  });

  it("never quotes a text that is not JSON", () => {
    const message = failure(() => parseOidcSettings(`{"clientSecret": "${secret}" oops}`, noFile));
    expect(message).toContain("is not JSON");
    expect(message).not.toContain("hush");
  });

  it("refuses a file without a certificate", () => {
    expect(failure(() => parse({ ...least, caFile: "ca.crt" }, () => "nothing"))).toContain(
      "caFile: holds no certificate",
    );
  });
});
