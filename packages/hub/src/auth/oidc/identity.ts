import { AppError } from "@inkube/api";
import type { OidcSettings } from "./settings.ts";

/** Claims of a person, as the provider signed or served them. */
export type Claims = Readonly<Record<string, unknown>>;

/** Who somebody is in the hub. */
export interface Identity {
  /** `oidc:<claim>` */
  user: string;
  /** `oidc:<group>` each */
  groups: readonly string[];
  /** How many groups were left out because Kubernetes cannot be told their names. */
  unusable: number;
}

/**
 * Before every name that a provider gives, so that none can be one of Kubernetes' own (`system:`) or of the hub's (`inkube:`).
 */
export const oidcPrefix = "oidc:";

const mostGroups = 500;
/** Names travel in headers, which lose spaces at their ends and hold no other letters. */
const usable = /^[\x21-\x7e]([\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/** The person that claims describe. Throws AppError AUTH_REQUIRED that says which claim is missing or not good. Pure. */
export function identityOf(claims: Claims, settings: OidcSettings): Identity {
  const { usernameClaim, requireVerifiedEmail, groupsClaim } = settings;
  const name = claims[usernameClaim];
  if (typeof name !== "string" || name === "") {
    throw refused(`it does not say your ${usernameClaim}`, "Ask for the scope that has it, or set usernameClaim.");
  }
  if (!usable.test(name)) throw refused(`your ${usernameClaim} has letters that a user name cannot have`);
  if (usernameClaim === "email" && requireVerifiedEmail && claims.email_verified !== true) {
    throw refused("your email address is not verified there", "Verify it with the provider.");
  }
  const groups = groupNames(claims[groupsClaim], groupsClaim);
  const good = groups.filter((group) => usable.test(group));
  return {
    user: oidcPrefix + name,
    groups: [...new Set(good)].map((group) => oidcPrefix + group),
    unusable: groups.length - good.length,
  };
}

/** Some providers say one group without a list around it; others have no groups at all. */
function groupNames(value: unknown, claim: string): string[] {
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((group) => typeof group === "string")) throw refused(`${claim} is not a list of names`);
  if (list.length > mostGroups) {
    throw refused(`it names ${list.length} groups, more than ${mostGroups}`, "Let the provider name fewer groups.");
  }
  return list as string[];
}

function refused(why: string, todo = "Tell an administrator of the hub."): AppError {
  return new AppError("AUTH_REQUIRED", `The sign-in provider's answer cannot be used: ${why}`, { todo });
}

/**
 * What an ID token and the user info say together. The second wins, as it is newer; who says an email address also says whether it
 * is verified. Pure.
 */
export function mergeClaims(idToken: Claims, userInfo: Claims): Claims {
  const { email_verified: verified, ...others } = idToken;
  const sameEmail = userInfo.email === undefined || userInfo.email === idToken.email;
  return { ...others, ...(sameEmail && verified !== undefined && { email_verified: verified }), ...userInfo };
}
