import { credentialKinds } from "@inkube/api";

const token = new RegExp(`(?:${Object.values(credentialKinds).join("|")})_[a-z2-7]{16}_[A-Za-z0-9_-]{20,}`, "g");

/** A text without the hub's own tokens, wherever in it somebody put one by mistake. Pure. */
export function withoutTokens(text: string): string {
  return text.replace(token, "(token)");
}
