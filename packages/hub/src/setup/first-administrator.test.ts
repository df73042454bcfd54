import { describe, expect, it } from "vitest";
import { firstAdministrator } from "../auth/principal.ts";
import type { Credential } from "../credentials/credential.ts";
import { hasFirstAdministrator } from "./first-administrator.ts";

const now = Date.parse("2030-01-01T00:00:00Z");

function credential(fields: Partial<Credential>): Credential {
  const createdAt = "2029-01-01T00:00:00Z";
  const base = { id: "a", hash: "b", subject: firstAdministrator, groups: [], name: "", description: "", createdAt };
  return { kind: "api-key", ...base, ...fields };
}

function has(...credentials: Credential[]): boolean {
  return hasFirstAdministrator({ list: (kind) => credentials.filter((one) => one.kind === kind) }, now);
}

describe("the first administrator", () => {
  it("is there with a key that counts, or a token that waits", () => {
    expect(has(credential({}))).toBe(true);
    expect(has(credential({ kind: "first-admin" }))).toBe(true);
  });

  it("is not there any more when every key has ended and the token was spent on one that was never told", () => {
    expect(has()).toBe(false);
    const ended = [
      credential({ revokedAt: "2029-06-01T00:00:00Z" }),
      credential({ expiresAt: "2029-12-31T00:00:00Z" }),
    ];
    expect(has(...ended, credential({ kind: "first-admin", usedFor: "c" }))).toBe(false);
  });
});
