import { describe, expect, it } from "vitest";
import { identityOf, mergeClaims } from "./identity.ts";
import { type OidcSettings, parseOidcSettings } from "./settings.ts";

const given = { issuer: "https://id.example.com", clientId: "hub", clientSecret: "s" };
const settings = (changed: object = {}): OidcSettings =>
  parseOidcSettings(JSON.stringify({ ...given, ...changed }), () => "");
const ann = { sub: "1", email: "ann@example.com", email_verified: true };

describe("identityOf", () => {
  it("prefixes what the provider calls user and groups, so that nobody becomes one of Kubernetes' or the hub's", () => {
    const groups = ["team-a", "system:masters", "inkube:administrators", "team-a"];
    expect(identityOf({ ...ann, groups }, settings())).toEqual({
      user: "oidc:ann@example.com",
      groups: ["oidc:team-a", "oidc:system:masters", "oidc:inkube:administrators"],
      unusable: 0,
    });
    const named = settings({ usernameClaim: "sub" });
    expect(identityOf({ sub: "system:admin" }, named).user).toBe("oidc:system:admin");
  });

  it.each([[false], [undefined], ["true"], [1]])("refuses an email address whose email_verified is %j", (verified) => {
    const claims = { ...ann, email_verified: verified };
    expect(() => identityOf(claims, settings())).toThrow("your email address is not verified");
    expect(identityOf(claims, settings({ requireVerifiedEmail: false })).user).toBe("oidc:ann@example.com");
    expect(identityOf(claims, settings({ usernameClaim: "sub" })).user).toBe("oidc:1");
  });

  it.each([[undefined], [""], [7], [["ann"]], [null]])("refuses a user name of %j", (email) => {
    expect(() => identityOf({ ...ann, email }, settings())).toThrow("does not say your email");
  });

  it.each([["ann "], [" ann"], ["a\nb"], ["a\u0000"], ["ännä"], ["a".repeat(300)]])(
    "refuses the user name %j",
    (email) => {
      expect(() => identityOf({ ...ann, email }, settings())).toThrow("letters that a user name cannot have");
    },
  );

  it("takes one group without a list, none at all, and leaves out those that Kubernetes cannot be told", () => {
    expect(identityOf({ ...ann, groups: "ops" }, settings()).groups).toEqual(["oidc:ops"]);
    expect(identityOf(ann, settings()).groups).toEqual([]);
    const odd = ["ops ", "köln", "a\r\nimpersonate-group: system:masters", "", "cn=a,ou=b c"];
    expect(identityOf({ ...ann, groups: odd }, settings())).toMatchObject({
      groups: ["oidc:cn=a,ou=b c"],
      unusable: 4,
    });
  });

  it("refuses groups that are no names, and too many of them", () => {
    expect(() => identityOf({ ...ann, groups: [{ name: "a" }] }, settings())).toThrow("groups is not a list of names");
    const many = Array.from({ length: 501 }, (_, index) => `g${index}`);
    expect(() => identityOf({ ...ann, groups: many }, settings())).toThrow("501 groups");
  });
});

describe("mergeClaims", () => {
  it("takes what only one of the two says", () => {
    expect(mergeClaims({ sub: "1", email: "a@x", email_verified: true }, { sub: "1", groups: ["g"] })).toEqual({
      sub: "1",
      email: "a@x",
      email_verified: true,
      groups: ["g"],
    });
  });

  it("never calls one email address verified because another was", () => {
    const merged = mergeClaims({ sub: "1", email: "a@x", email_verified: true }, { sub: "1", email: "b@x" });
    expect(merged).toEqual({ sub: "1", email: "b@x" });
  });
});
