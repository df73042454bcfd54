import type { Credential } from "../credentials/credential.ts";

/** Who makes a request. The Kubernetes API judges `user` and `groups`; the hub only says who it is. */
export interface Principal {
  user: string;
  groups: readonly string[];
  credential: Credential;
}

/** Group of everybody who signed in to the hub. */
export const everyone = "inkube:users";
/** Group of administrators of the hub; bound to the role of the same name. */
export const administrators = "inkube:administrators";
/** User of the first administrator, before there is any other way to sign in. */
export const firstAdministrator = "inkube:admin";

/**
 * The person or program that a credential speaks for. Names that Kubernetes keeps for itself cannot come this way: whatever
 * a provider calls a user or group is prefixed before it gets into a credential, and `system:` is refused here once more.
 */
export function principalOf(credential: Credential): Principal {
  const groups = [...new Set([...credential.groups, everyone])].filter((group) => !group.startsWith("system:"));
  if (credential.subject.startsWith("system:")) throw new Error("A credential speaks for a system user");
  return { user: credential.subject, groups: [...groups, "system:authenticated"], credential };
}
