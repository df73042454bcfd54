import type { OidcSource, OidcState } from "../oidc/settings-file.ts";
import type { Accounts } from "./test-provider.ts";

/** Where browsers find the hub of the tests. */
export const hubUrl = "https://hub.example.test";

/** People of the provider. */
export const people: Accounts = {
  ann: {
    email: "ann@example.com",
    email_verified: true,
    groups: ["team-a", "system:masters", "inkube:administrators"],
  },
  bob: { email: "bob@example.com", email_verified: true, groups: ["team-b"] },
  eve: { email: "ann@example.com", email_verified: false, groups: ["team-a"] },
  nil: { email_verified: true },
};

/** Settings that a test may change under a running hub, as a mounted Secret does. */
export interface ChangingSource extends OidcSource {
  state: OidcState;
}

export function changingSource(): ChangingSource {
  return {
    state: { kind: "off" },
    current() {
      return this.state;
    },
  };
}
