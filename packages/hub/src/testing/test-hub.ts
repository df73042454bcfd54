import { type Client, createClient, systemClock } from "@inkube/kube";
import { collectingLogger, startRealApiServer } from "@inkube/kube/testing";
import type { LightMyRequestResponse } from "fastify";
import { serveAdmission, whenAdmissionWorks } from "../admission/testing/serve-admission.ts";
import type { OidcSource } from "../auth/oidc/settings-file.ts";
import { administrators } from "../auth/principal.ts";
import { type CredentialStore, createCredentialStore } from "../credentials/credential-store.ts";
import type { Dialling } from "../endpoints/observe-endpoint.ts";
import { createHub, type Hub, type HubOptions } from "../hub.ts";
import { openStore, type Store } from "../store/index.ts";
import { bindRole } from "./bind-role.ts";
import { hubIdentity, installHub } from "./install-hub.ts";

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

export interface TestRoute {
  method: string;
  url: string;
}

/** A hub on a real API server, which it reaches with the rights of its installation and no others. */
export interface TestHub {
  readonly hub: Hub;
  /** The API server's administrator. */
  readonly admin: Client;
  /** The API server as this user, past the hub; close it. */
  as(user: string, groups?: readonly string[]): Client;
  /** From now on the API server cannot ask the hub. */
  stopAdmission(): Promise<void>;
  readonly log: ReturnType<typeof collectingLogger>;
  readonly store: Store;
  /** Makes and revokes credentials as another replica would; it knows none by itself. */
  readonly credentials: CredentialStore;
  /** Every route that the hub serves. */
  readonly routes: readonly TestRoute[];
  /**
   * Starts another replica on the same API server, `hub-1` the first, with connections of its own to a PostgreSQL; it does not
   * lead. Stop it.
   */
  replica(): Promise<Hub>;
  /** It leads no more; resolves when it has given up everything that only the leader does. */
  resign(): Promise<void>;
  /** Serves on loopback, for what cannot be injected; resolves with the URL. */
  listen(): Promise<string>;
  /** An API key of a user with these groups. */
  keyFor(user: string, groups?: readonly string[]): Promise<string>;
  /** An API key of an administrator of the hub. */
  adminKey(): Promise<string>;
  call(
    token: string | undefined,
    method: Method,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
  /** Binds a role, in a project or for the whole hub; resolves when the API server goes by it. */
  bind(role: string, user: string, project?: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const url = "https://hub.example.test";

export interface TestHubOptions {
  storeUrl?: string;
  /** It leads because the Lease says so, as a program does; absent: at once. */
  elected?: boolean;
  /** Absent: as a program dials, nothing on loopback. */
  dialling?: Dialling;
  /** Absent: nobody can sign in with OpenID Connect. */
  oidc?: OidcSource;
}

/** Starts it, leading. Needs the real kube-apiserver; dispose of it with `await using`. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const { storeUrl = "sqlite::memory:", elected = false, oidc, dialling } = options;
  const server = await startRealApiServer();
  const admin = createClient(server.config);
  const log = collectingLogger();
  const stop = new AbortController();
  await installHub(admin, url);
  const stores: Store[] = [];
  const openOwn = async (): Promise<Store> => {
    const own = await openStore({ url: storeUrl, clock: systemClock, logger: log });
    stores.push(own);
    return own;
  };
  const store = await openOwn();
  const served = await serveAdmission(() => hub.server);
  const hubOptions: HubOptions = {
    identity: "hub-0",
    config: await hubIdentity(server, admin),
    settings: { url, programImage: "inkube:test" },
    store,
    admissionTarget: served,
    clock: systemClock,
    random: Math.random,
    logger: log,
    ...(oidc && { oidc }),
    ...(dialling && { dialling }),
  };
  const hub: Hub = createHub(hubOptions);
  let replicas = 0;
  const routes: TestRoute[] = [];
  hub.server.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  await hub.start();
  const leading = elected ? hub.compete(stop.signal) : hub.lead(stop.signal);
  await whenAdmissionWorks(admin);
  const credentials = createCredentialStore({ client: admin, clock: systemClock, random: Math.random, logger: log });
  const keyFor = async (user: string, groups: readonly string[] = []): Promise<string> => {
    const wanted = { kind: "api-key" as const, subject: user, groups: [...groups], name: `key of ${user}` };
    return (await credentials.issue(wanted)).token;
  };
  return {
    hub,
    admin,
    as: (user, groups = []) => createClient({ ...server.config, impersonate: { user, groups: [...groups] } }),
    stopAdmission: () => served.close(),
    log,
    store,
    credentials,
    routes,
    async replica() {
      replicas += 1;
      // In memory there is but the one.
      const own = storeUrl.startsWith("postgres") ? await openOwn() : store;
      const other = createHub({ ...hubOptions, store: own, identity: `hub-${replicas}` });
      await other.start();
      return other;
    },
    async resign() {
      stop.abort();
      await leading;
    },
    listen: () => hub.server.listen({ port: 0, host: "127.0.0.1" }),
    keyFor,
    adminKey: () => keyFor("root", [administrators]),
    call(token, method, path, body, headers = {}) {
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const payload = body === undefined ? {} : { payload: body };
      return hub.server.inject({ method, url: path, headers: { ...authorization, ...headers }, ...payload });
    },
    bind: (role, user, project) => bindRole(admin, role, user, project),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await leading;
      await served.close();
      await hub.stop();
      await Promise.all(stores.map((one) => one.close()));
      await admin.close();
      await server[Symbol.asyncDispose]();
    },
  };
}
