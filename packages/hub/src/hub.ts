import { getServers } from "node:dns";
import { fastifySwagger } from "@fastify/swagger";
import { createLookup } from "@inkube/agent";
import { names, programVersion } from "@inkube/api";
import {
  type Client,
  type Clock,
  type ClusterConfig,
  createClient,
  createWatchCache,
  holdLease,
  type Logger,
  resources,
} from "@inkube/kube";
import { createAccess } from "./access/access.ts";
import { createFilterController } from "./access/filter-controller.ts";
import { createImpersonatedClients } from "./access/impersonation.ts";
import { admissionRoutes } from "./admission/admission-routes.ts";
import { type AdmissionToken, createAdmissionToken } from "./admission/admission-token.ts";
import { keepWebhooks, webhookTarget } from "./admission/keep-webhooks.ts";
import { quotaRoutes } from "./admission/quota-routes.ts";
import { auditRequests } from "./audit/audit-requests.ts";
import { createAuditTrail } from "./audit/audit-trail.ts";
import { keepAudit } from "./audit/keep-audit.ts";
import { createAuth } from "./auth/create-auth.ts";
import { type OidcSource, oidcOff } from "./auth/oidc/settings-file.ts";
import { sweepSessions } from "./auth/sessions/sweep-sessions.ts";
import type { HubContext, HubSettings } from "./context.ts";
import { createCredentialStore } from "./credentials/credential-store.ts";
import { createEndpointController } from "./endpoints/endpoint-controller.ts";
import type { Dialling } from "./endpoints/observe-endpoint.ts";
import { createGroupController } from "./groups/group-controller.ts";
import { keepHistory } from "./history/keep-history.ts";
import { createCountController } from "./hosts/count-controller.ts";
import { createHostController } from "./hosts/host-controller.ts";
import { settingsConfigMap } from "./install/hub-rules.ts";
import { limitStrangers } from "./limits/limit-strangers.ts";
import { countRequests } from "./metrics/count-requests.ts";
import { createHubMetrics } from "./metrics/hub-metrics.ts";
import { createPlacementController } from "./placement/placement-controller.ts";
import { createReplicas } from "./replicas/replicas.ts";
import { agentRoutes } from "./routes/agent-routes.ts";
import { auditRoutes } from "./routes/audit-routes.ts";
import { authRoutes, sessionRoutes } from "./routes/auth-routes.ts";
import { clusterRoutes } from "./routes/cluster-routes.ts";
import { filterRoutes } from "./routes/filter-routes.ts";
import { groupRoutes } from "./routes/group-routes.ts";
import { historyRoutes } from "./routes/history-routes.ts";
import { hostRoutes, importRoutes } from "./routes/host-routes.ts";
import { keyRoutes } from "./routes/key-routes.ts";
import { kubeconfigRoutes } from "./routes/kubeconfig-routes.ts";
import { kubernetesRoutes } from "./routes/kubernetes-routes.ts";
import { memberRoutes } from "./routes/member-routes.ts";
import { describeDocument } from "./routes/openapi-components.ts";
import { describeRoute, openApiRoutes } from "./routes/openapi-routes.ts";
import { projectRoutes } from "./routes/project-routes.ts";
import { proxyRoutes } from "./routes/proxy-routes.ts";
import { requireCaller } from "./routes/route-context.ts";
import { openRoutes } from "./routes/setup-routes.ts";
import { watchRoutes } from "./routes/watch-routes.ts";
import { createServer, type HubServer } from "./server/server.ts";
import { createHiddenGroups } from "./settings/hidden-groups.ts";
import { keyLimitRoutes } from "./settings/key-limit.ts";
import { prepareHub } from "./setup/first-start.ts";
import type { Store } from "./store/index.ts";
import { createTunnelRegistry } from "./tunnels/tunnel-registry.ts";
import { acceptUpgrades } from "./tunnels/upgrades.ts";
import { createFleetView } from "./view/fleet-view.ts";

export interface HubOptions {
  /** The name of this replica, its pod's: unique while it runs. */
  identity: string;
  /** The hub's own Kubernetes API, and who the hub is there. */
  config: ClusterConfig;
  settings: HubSettings;
  /** The history; it stays open when the hub stops. */
  store: Store;
  /** Absent: plain HTTP, for tests only. */
  tls?: { certificate: string; key: string };
  /** Where the API server reaches admission, when not where `settings` say: in tests. */
  admissionTarget?: { url: string; ca: string };
  /** How endpoints of nested clusters are dialled; absent: as everywhere but in tests. */
  dialling?: Dialling;
  /** How people sign in with OpenID Connect; absent: not at all. */
  oidc?: OidcSource;
  clock: Clock;
  random: () => number;
  logger: Logger;
}

/** One replica of the hub. */
export interface Hub {
  readonly server: HubServer;
  readonly client: Client;
  /** True when everything that lists are answered from is complete. */
  readonly synced: boolean;
  start(): Promise<void>;
  /** The OpenAPI document of its HTTP API; asked for instead of starting it. */
  describe(): Promise<object>;
  /** In Prometheus' text format. */
  metrics(): string;
  /** Leads whenever the Lease makes it the leader, until the signal is aborted; another replica leads soon after. */
  compete(signal: AbortSignal): Promise<void>;
  /** What only one replica may do; ends when the signal is aborted. */
  lead(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** Wires one replica. Nothing runs before `start`. */
export function createHub(options: HubOptions): Hub {
  const { identity, config, settings, store, tls, clock, random, logger } = options;
  const client = createClient(config);
  const watching = { client, clock, random, logger };
  const clients = createImpersonatedClients(config);
  const view = createFleetView(watching);
  const rbac = [resources.roles, resources.rolebindings, resources.clusterroles, resources.clusterrolebindings].map(
    (type) =>
      createWatchCache({
        ...watching,
        type,
        transform: ({ metadata }) => ({ metadata: { ...metadata, annotations: {} } }),
      }),
  );
  const kept = createWatchCache({
    ...watching,
    type: resources.configmaps,
    namespace: names.systemNamespace,
    fieldSelector: `metadata.name=${settingsConfigMap}`,
  });
  const access = createAccess({ client, clients, rbac, clock });
  const credentials = createCredentialStore(watching);
  const tunnels = createTunnelRegistry(clock);
  const replicas = createReplicas({ ...watching, own: identity });
  const metrics = createHubMetrics({ view, tunnels, replicas });
  const audit = createAuditTrail({ audit: store.audit, clock, logger });
  const auth = createAuth({ client, credentials, oidc: options.oidc ?? oidcOff, url: settings.url, clock, logger });
  const context: HubContext = {
    ...auth,
    settings,
    client,
    clients,
    access,
    credentials,
    view,
    hiddenGroups: createHiddenGroups(kept),
    replicas,
    tunnels,
    store,
    audit,
    clock,
    logger,
  };
  // Asks name servers itself: a slow one must not take the threads that the system's lookup needs.
  const dialling = options.dialling ?? { lookup: createLookup(getServers()) };
  const admissionToken = createAdmissionToken(client, clock);
  const target = options.admissionTarget ?? webhookTarget(settings);
  const server = createServer({ logger, ...(tls && { tls }) });
  countRequests(server, metrics);
  const caches = [...rbac, view, credentials, kept];
  return {
    server,
    client,
    get synced() {
      return caches.every((cache) => cache.synced);
    },
    async start() {
      for (const cache of [...caches, replicas]) cache.start();
      await registerRoutes(server, context, admissionToken);
      acceptUpgrades(server, context);
    },
    async describe() {
      await registerRoutes(server, context, admissionToken);
      return server.swagger();
    },
    metrics: () => metrics.text(),
    compete(signal) {
      const lease = { client, namespace: names.systemNamespace, name: names.hub, identity, clock, random, logger };
      const onAcquired = async (held: AbortSignal): Promise<void> => {
        metrics.leading = true;
        await this.lead(held).finally(() => {
          metrics.leading = false;
        });
      };
      return holdLease({ ...lease, signal, onAcquired });
    },
    async lead(signal) {
      await credentials.whenSynced(signal);
      await prepareHub(context);
      const controllers = [
        createPlacementController({ client, view, clock, logger }),
        createHostController(context),
        createCountController({ client, view, clock, logger }),
        createGroupController({ client, view, clock, logger }),
        createEndpointController({ client, view, tunnels, dialling, clock, logger }),
        createFilterController({ ...watching, view }),
      ];
      for (const controller of controllers) controller.start();
      await Promise.all([
        keepAudit({ audit: store.audit, clock, logger, signal }),
        keepHistory({ view, store, clock, logger, signal }),
        sweepSessions({ credentials, clock, logger, signal }),
        keepWebhooks({ client, target, token: admissionToken, clock, logger, signal }),
      ]);
      await Promise.all(controllers.map((controller) => controller.stop()));
    },
    async stop() {
      tunnels.closeAll();
      await server.close();
      await Promise.all([...caches, replicas].map((cache) => cache.stop()));
      await Promise.all([clients.close(), client.close()]);
    },
  };
}

/** Every route; those that need a caller are together, so that none can be forgotten. */
export async function registerRoutes(
  server: HubServer,
  context: HubContext,
  admissionToken: AdmissionToken,
): Promise<void> {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Inkube hub", version: programVersion, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
      servers: [{ url: context.settings.url }],
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
      security: [{ bearer: [] }],
    },
    transform: describeRoute,
    transformObject: describeDocument,
  });
  auditRequests(server, context);
  await server.register(async (asked: HubServer) => {
    admissionRoutes(asked, context, admissionToken);
  });
  await server.register(async (agents: HubServer) => agentRoutes(agents, context));
  await server.register(async (open: HubServer) => {
    limitStrangers(open, context.clock);
    openApiRoutes(open);
    openRoutes(open, context);
    importRoutes(open, context);
    await open.register(async (auth: HubServer) => authRoutes(auth, context));
  });
  await server.register(async (closed: HubServer) => {
    requireCaller(closed, context);
    keyRoutes(closed, context);
    sessionRoutes(closed, context);
    projectRoutes(closed, context);
    hostRoutes(closed, context);
    groupRoutes(closed, context);
    clusterRoutes(closed, context);
    kubeconfigRoutes(closed, context);
    memberRoutes(closed, context);
    filterRoutes(closed, context);
    auditRoutes(closed, context);
    historyRoutes(closed, context);
    watchRoutes(closed, context);
    quotaRoutes(closed, context);
    keyLimitRoutes(closed, context);
    await closed.register(async (proxied: HubServer) => {
      // What is passed on is not read here.
      proxied.removeAllContentTypeParsers();
      proxied.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
      proxyRoutes(proxied, context);
      kubernetesRoutes(proxied, context);
    });
  });
  await server.ready();
}
