import type { Client, Clock, Logger } from "@inkube/kube";
import type { Access } from "./access/access.ts";
import type { ImpersonatedClients } from "./access/impersonation.ts";
import type { AuditTrail } from "./audit/audit-trail.ts";
import type { Sessions } from "./auth/sessions/sessions.ts";
import type { SignIn } from "./auth/sessions/sign-in.ts";
import type { CredentialStore } from "./credentials/credential-store.ts";
import type { Replicas } from "./replicas/replicas.ts";
import type { HiddenGroups } from "./settings/hidden-groups.ts";
import type { Store } from "./store/index.ts";
import type { TunnelRegistry } from "./tunnels/tunnel-registry.ts";
import type { FleetView } from "./view/fleet-view.ts";

/** How the hub is reached and who may reach it. */
export interface HubSettings {
  /** `https://host:port`, as people and agents know it. */
  url: string;
  /** Authority that signed the hub's certificate; absent when public ones did. PEM. */
  ca?: string;
  /** The certificate that the hub serves with, PEM. */
  certificate?: string;
  /** Image with the programs, for hosts that are imported. */
  programImage: string;
  programPullPolicy?: "Always" | "IfNotPresent" | "Never";
}

/** What the routes work with. */
export interface HubContext {
  settings: HubSettings;
  /** The hub's own identity: for what callers may do only through it. */
  client: Client;
  /** Callers' identities. */
  clients: ImpersonatedClients;
  access: Access;
  credentials: CredentialStore;
  /** Sign-in with OpenID Connect. */
  signIn: SignIn;
  sessions: Sessions;
  view: FleetView;
  hiddenGroups: HiddenGroups;
  /** The replicas of this hub. */
  replicas: Replicas;
  tunnels: TunnelRegistry;
  /** The history in SQL. */
  store: Store;
  /** Writes its audit log. */
  audit: AuditTrail;
  clock: Clock;
  logger: Logger;
}
