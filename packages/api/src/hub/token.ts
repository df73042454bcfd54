import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What a credential is for; its token begins with the prefix, so that people and scanners for secrets know it. */
export const credentialKinds = {
  "api-key": "ink",
  session: "ins",
  host: "inh",
  import: "ini",
  "first-admin": "inf",
} as const;

export type CredentialKind = keyof typeof credentialKinds;

/** A token taken apart. */
export interface ParsedToken {
  kind: CredentialKind;
  id: string;
  secret: string;
}

const pattern = /^(in[kshif])_([a-z2-7]{16})_([A-Za-z0-9_-]{43})$/;
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** A new token: 80 random bits that name it and 256 that prove it. Only the hash of the secret is kept. */
export function newToken(kind: CredentialKind): ParsedToken & { token: string; hash: string } {
  const id = [...randomBytes(16)].map((byte) => alphabet[byte & 31]).join("");
  const secret = randomBytes(32).toString("base64url");
  return { kind, id, secret, token: `${credentialKinds[kind]}_${id}_${secret}`, hash: hashOf(secret) };
}

/** Undefined for anything that is not the form of a token. */
export function parseToken(text: string): ParsedToken | undefined {
  const [, prefix, id, secret] = pattern.exec(text) ?? [];
  const kind = Object.entries(credentialKinds).find(([, known]) => known === prefix)?.[0];
  return kind && id && secret ? { kind: kind as CredentialKind, id, secret } : undefined;
}

/** sha256, hex: enough for 256 random bits, which nobody can guess one by one. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares without telling by its time how much was right. */
export function isHashOf(secret: string, hash: string): boolean {
  const [given, kept] = [Buffer.from(hashOf(secret)), Buffer.from(hash)];
  return given.length === kept.length && timingSafeEqual(given, kept);
}
